// `edustation library import`: files of the one who asks. They are opened here, with the rights of who runs
// the command, and the station gets the descriptors: what this account may not read is not read. A folder is
// walked here, and its files go one by one, some at a time. Only a DVD-Video is named by its path.
#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <future>
#include <system_error>

#include <fcntl.h>

#include "app/commands.h"
#include "base/fd.h"
#include "base/files.h"
#include "base/text.h"
#include "receiver/trust/manifest_file.h"
#include "receiver/volumes/volume_scan.h"
#include "web/http/target.h"

namespace edu::app {
namespace {

constexpr std::chrono::milliseconds kLook{500};         // how often the progress is asked for
constexpr std::chrono::milliseconds kBeforeLook{1500};  // a small file is done by then

std::string percent(const json::object& file) {
  const auto size = get_int(file, "size"), done = get_int(file, "done");
  return std::to_string(size > 0 ? done * 100 / size : 0);
}

// Shows what the station is taking in at the moment, on one line.
void show_progress(const Desk& desk) {
  const auto state = desk.read(target("status"));
  std::string line;
  for (const auto& item : get_array(state, "receiving")) {
    if (!item.is_object()) continue;
    const auto& file = item.get_object();
    if (!line.empty()) line += "  ";
    line += one_line(get_string(file, "name")) + " " + percent(file) + " %";
  }
  desk.console.err << "\r\033[K" << line << std::flush;
}

// At a terminal, a long wait shows what is going on.
Answer await(const Desk& desk, std::future<Answer>& answer) {
  const bool watched = desk.console.terminal && !desk.options.json;
  auto wait = kBeforeLook;
  bool shown = false;
  while (watched && answer.wait_for(wait) != std::future_status::ready) {
    show_progress(desk);
    shown = true;
    wait = kLook;
  }
  if (shown) desk.console.err << "\r\033[K" << std::flush;
  return answer.get();
}

// A file or a folder, opened with the rights of who runs the command; nothing is told of what is not there.
// Pipes and devices are not opened: that alone may do something.
Fd opened(const fs::path& path) {
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  if (!fs::is_regular_file(status) && !fs::is_directory(status)) return {};
  return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
}

// What is asked of the station, and what goes along for it to read.
struct Ready {
  Question question;
  std::vector<Fd> held;
  int error = 0;  // why the file cannot be opened
};

// The file, and its manifest with the signature beside that. `held` is empty when the file cannot be opened.
Ready ready(const Desk& desk, const fs::path& path, const fs::path& manifest, bool only_media) {
  Ready out;
  json::array names;
  const auto add = [&](const char* what, const fs::path& file) {
    auto fd = opened(file);
    if (!fd) return false;
    names.emplace_back(what);
    out.held.push_back(std::move(fd));
    return true;
  };
  json::object body;
  const auto bytes = path.string();
  if (is_utf8(bytes))
    body["path"] = bytes;
  else
    body["path_percent"] = web::percent_encode(bytes);
  if (!desk.options.by.empty()) body["receiver"] = desk.options.by;
  if (only_media) body["only_media"] = true;
  const bool readable = add("file", path);
  out.error = readable ? 0 : errno;
  if (readable) {
    if (!manifest.empty() && add("manifest", manifest))
      add("signature", receiver::signature_beside(manifest));
    body["descriptors"] = std::move(names);
  }
  out.question = desk.question("POST", target("library"));
  out.question.content_type = "application/json";
  out.question.body = json::serialize(body);
  for (const auto& fd : out.held) out.question.descriptors.push_back(fd.get());
  return out;
}

std::future<Answer> send(const Desk& desk, Ready one) {
  auto work = [&desk, one = std::move(one)] { return ask(desk.address, one.question); };
  return std::async(std::launch::async, std::move(work));
}

// A folder's files as they come in: a line for each, and at the end one answer, as of one question.
class Report {
 public:
  explicit Report(const Desk& desk) : desk_(desk) {}

  void pass(const std::string& reason, std::int64_t count = 1) { passed_[reason] += count; }
  void add(const std::string& name, const Answer& answer);
  void is_not_all() { complete_ = false; }
  Exit finish();

 private:
  void tell(const std::string& line, bool good);

  const Desk& desk_;
  json::array receptions_;
  receiver::Passed passed_;
  std::int64_t titles_passed_ = 0;
  bool complete_ = true, taken_ = false, refused_ = false;
};

void Report::tell(const std::string& line, bool good) {
  if (line.empty() || desk_.options.json) return;
  auto& stream = good ? desk_.console.out : desk_.console.err;
  stream << line << (line.back() == '\n' ? "" : "\n") << std::flush;
}

void Report::add(const std::string& name, const Answer& answer) {
  const auto parsed = parse_json(answer.body);
  (answer.good() ? taken_ : refused_) = true;
  if (!parsed || !parsed->is_object()) {
    desk_.print(answer);
    return;
  }
  const auto& body = parsed->get_object();
  if (get_string(body, "outcome") == "passed") return pass("other");
  const auto line = get_string(body, answer.good() ? "text" : "detail");
  if (body.contains("receptions")) {
    for (const auto& one : get_array(body, "receptions")) receptions_.push_back(one);
    titles_passed_ += get_int(body, "titles_passed");
    if (const auto* whole = body.if_contains("complete")) complete_ = complete_ && *whole == true;
  } else {
    json::object reception{{"name", name}, {"detail", line}};
    for (const auto* member : {"reception", "outcome", "title", "courseware", "code"})
      if (const auto* value = body.if_contains(member)) reception[member] = *value;
    receptions_.emplace_back(std::move(reception));
  }
  tell(line, answer.good());
}

Exit Report::finish() {
  std::string counts;
  json::object passed;
  for (const auto& [reason, count] : passed_) {
    passed[reason] = count;
    counts += (counts.empty() ? "" : desk_.say("web.passed.and")) +
              desk_.say("web.passed." + reason, {{"count", std::to_string(count)}});
  }
  if (!counts.empty()) tell(desk_.say("web.import_passed", {{"counts", counts}}), true);
  if (!complete_) tell(desk_.say("web.import_more"), true);
  if (desk_.options.json) {
    json::object out;
    out["receptions"] = receptions_;
    out["titles_passed"] = titles_passed_;
    out["complete"] = complete_;
    out["passed"] = passed;
    desk_.console.out << json::serialize(out) << "\n";
  }
  return taken_ || !refused_ ? Exit::done : Exit::refused;
}

// Sends the files of a folder, a few at a time, and tells of them in their order.
class FolderImport {
 public:
  FolderImport(const Desk& desk, Report& report) : desk_(desk), report_(report) {}

  void add(const fs::path& path, const fs::path& manifest, bool only_media) {
    auto next = ready(desk_, path, manifest, only_media);
    if (next.held.empty()) return report_.pass(next.error == EACCES ? "unreadable" : "other");
    next.question.accept = "application/json";
    if (underway_.size() >= kAtOnce) take();
    underway_.push_back({one_line(to_utf8(path.filename().string())), send(desk_, std::move(next))});
  }
  void finish() {
    while (!underway_.empty()) take();
  }

 private:
  static constexpr std::size_t kAtOnce = 4;
  struct Underway {
    std::string name;
    std::future<Answer> answer;
  };

  void take() {
    auto one = std::move(underway_.front());
    underway_.pop_front();
    report_.add(one.name, await(desk_, one.answer));
  }

  const Desk& desk_;
  Report& report_;
  std::deque<Underway> underway_;
};

// Whoever names a folder means all that is in it: the bounds are those of the walk, not of [volumes].
constexpr unsigned kDeepest = 32, kMostFiles = 50'000;

Exit import_folder(const Desk& desk, const fs::path& folder) {
  config::Volumes bounds;
  bounds.depth = kDeepest;
  bounds.most_files = kMostFiles;
  const auto scan = receiver::scan_volume(folder, bounds);
  const bool empty = scan.discs.empty() && scan.files.empty() && scan.unsure.empty();
  if (empty && scan.passed.empty()) {
    desk.console.err << desk.say("refusal.receiver.volume_empty") << "\n";
    return Exit::refused;
  }
  Report report(desk);
  for (const auto& [reason, count] : scan.passed) report.pass(reason, count);
  if (!scan.complete) report.is_not_all();
  FolderImport import(desk, report);
  std::error_code unknown;
  for (const auto& disc : scan.discs)
    import.add(fs::is_directory(disc, unknown) ? receiver::video_folder_of(disc) : disc, "", false);
  for (const auto& file : scan.files)
    import.add(file.path, file.description ? file.description->manifest : fs::path(), false);
  for (const auto& path : scan.unsure) import.add(path, "", true);
  import.finish();
  return report.finish();
}

Exit cannot_read(const Desk& desk, const std::string& name, const std::string& why) {
  desk.console.err << desk.say("cli.cannot_read", {{"file", name}, {"why", why}}) << "\n";
  return Exit::refused;
}

Exit import_one(const Desk& desk, const std::string& name) {
  std::error_code error;
  const auto path = fs::absolute(name, error).lexically_normal();
  const auto status = fs::symlink_status(path, error);
  if (error || !fs::exists(status)) {
    desk.console.err << desk.say("cli.no_file", {{"file", name}}) << "\n";
    return Exit::refused;
  }
  if (fs::is_directory(status) && desk.address.local()) {
    try {
      return import_folder(desk, path);
    } catch (const std::system_error& failure) {
      return cannot_read(desk, name, failure.code().message());
    }
  }
  auto one = ready(desk, path, receiver::sidecar_of(path), false);
  if (one.held.empty() && fs::is_regular_file(status))
    return cannot_read(desk, name, std::strerror(one.error));
  auto answer = send(desk, std::move(one));
  return desk.print(await(desk, answer));
}

}  // namespace

Exit library_import(Desk& desk) {
  desk.language();  // asked for once, before several questions are under way
  auto worst = Exit::done;
  for (const auto& name : desk.options.names)
    if (import_one(desk, name) != Exit::done) worst = Exit::refused;
  return worst;
}

}  // namespace edu::app
