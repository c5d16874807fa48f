#include "receiver/volumes/volume_import.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "base/diagnostics.h"
#include "base/path_text.h"
#include "base/random.h"
#include "base/text.h"
#include "receiver/intake/quarantine.h"
#include "receiver/trust/file_signature.h"

namespace edu::receiver {
namespace {

// What burning programs write when nobody gives the disc a name.
constexpr std::array<std::string_view, 7> kNoNames{"cdrom",     "dvd",       "dvd_video", "dvdvideo",
                                                   "dvdvolume", "undefined", "my_disc"};

// Refusals after which it is worth a look whether the volume is still there.
bool may_be_gone(const Refusal& refusal) {
  constexpr std::array<std::string_view, 5> codes{"receiver.gone", "receiver.changed", "receiver.unreadable",
                                                  "receiver.disc_unreadable", "receiver.disc_no_video"};
  return std::ranges::find(codes, refusal.code) != codes.end();
}

// The name on the disc; without one worth the name, its image's or its folder's.
std::string name_of(const fs::path& disc, const DiscContents& contents) {
  const auto lower = ascii_lower(contents.name);
  if (!lower.empty() && std::ranges::find(kNoNames, lower) == kNoNames.end()) return contents.name;
  auto named = disc.filename().empty() ? disc.parent_path() : disc;
  if (ascii_lower(named.filename().string()) == "video_ts") named = named.parent_path();
  const auto stem = ascii_lower(named.extension().string()) == ".iso" ? named.stem() : named.filename();
  return path_text(stem);
}

// Still the same file system, and it answers.
bool is_there(const fs::path& path, const FileSignature& before) {
  try {
    const auto now = signature_of(path);
    if (!now || now->device != before.device || now->inode != before.inode) return false;
    std::error_code error;
    if (fs::is_directory(path, error)) fs::directory_iterator(path, error);
    return !error;
  } catch (const std::system_error&) {
    return false;
  }
}

// A line of progress(), as long as this lives.
class Shown {
 public:
  Shown(std::list<Progress>& all, Progress line) : all_(all), line_(all.insert(all.end(), std::move(line))) {}
  ~Shown() { all_.erase(line_); }
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;
  Progress& line() { return *line_; }

 private:
  std::list<Progress>& all_;
  std::list<Progress>::iterator line_;
};

enum class Kind { nothing, file, disc, folder };

Kind kind_of(const fs::path& path) {
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  if (!fs::exists(status)) return Kind::nothing;
  if (fs::is_directory(status)) return Kind::folder;
  const bool readable = fs::is_regular_file(status) || fs::is_block_file(status);
  if (readable && is_disc_image(path)) return Kind::disc;
  return Kind::file;
}

// /dev/dvd is a link; other links are looked at by nobody.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  const auto target = fs::canonical(path, error);
  return !error && fs::is_block_file(target, error) ? target : path.lexically_normal();
}

}  // namespace

struct VolumeImport::Job {
  std::string means, by;
  fs::path root;
  std::optional<FileSignature> seen;  // of the root
  VolumeReport report;
};

VolumeImport::VolumeImport(Parts parts, config::Volumes settings, fs::path spool, Language language,
                           Policy trust)
    : parts_(parts),
      settings_(std::move(settings)),
      spool_(std::move(spool)),
      language_(language),
      trust_(trust) {
  std::error_code left;  // of a title that the power cut: it takes room, and does no harm
  fs::remove_all(spool_, left);
}

awaitable<bool> VolumeImport::holds_several(fs::path path) {
  auto look = [path] { return kind_of(resolved(path)); };
  const auto kind = co_await parts_.workers.run(std::move(look));
  co_return kind == Kind::disc || kind == Kind::folder;
}

awaitable<Result<VolumeReport>> VolumeImport::import(fs::path path, std::string means, std::string by) {
  if (!path.is_absolute()) co_return refuse("receiver.path_not_absolute");
  Job job;
  job.means = std::move(means);
  job.by = std::move(by);
  auto look = [this, &job, path]() -> Result<VolumeScan> {
    try {
      job.root = resolved(path);
      job.seen = signature_of(job.root);
      if (!job.seen)
        return refuse("receiver.volume_unreadable", {{"what", std::generic_category().message(ENOENT)}});
      if (kind_of(job.root) == Kind::folder) return scan_volume(job.root, settings_);
      VolumeScan disc;
      disc.discs.push_back(job.root);
      return disc;
    } catch (const std::system_error& error) {
      return refuse("receiver.volume_unreadable", {{"what", error.code().message()}});
    }
  };
  const auto scan = co_await parts_.workers.run(look);
  if (!scan) co_return Unexpected(scan.error());
  const bool empty = scan->discs.empty() && scan->files.empty() && scan->unsure.empty();
  if (empty && scan->passed.empty()) co_return refuse("receiver.volume_empty");
  job.report.complete = scan->complete;
  job.report.passed = scan->passed;
  for (const auto& disc : scan->discs) {
    if (job.report.gone) break;
    const auto taken = co_await take_disc(job, disc);
    if (!taken) co_return Unexpected(taken.error());
  }
  const auto taken = co_await take_files(job, *scan);
  if (!taken) co_return Unexpected(taken.error());
  co_return std::move(job.report);
}

awaitable<Result<void>> VolumeImport::take_files(Job& job, const VolumeScan& scan) {
  auto files = scan.files;
  for (const auto& path : scan.unsure) {
    const bool media = co_await is_media(job, path);
    if (!media) continue;
    if (files.size() < settings_.most_files)
      files.push_back({path, std::nullopt});
    else
      job.report.complete = false;
  }
  for (const auto& file : files) {
    if (job.report.gone) break;
    Arrival arrival;
    arrival.path = file.path;
    arrival.origin.means = job.means;
    arrival.origin.source = file.path.parent_path().string();
    arrival.origin.receiver = job.by;
    arrival.description = file.description;
    const auto taken = co_await take(job, arrival);
    if (!taken) co_return Unexpected(taken.error());
  }
  co_return Result<void>();
}

// What the probe knows to be media is taken, also when it is damaged: then it gets its line with the reason.
awaitable<bool> VolumeImport::is_media(Job& job, fs::path path) {
  auto look = [path] { return open_for_writing(path); };
  const bool written = co_await parts_.workers.run(std::move(look));
  if (written) {
    ++job.report.passed["written"];
    co_return false;
  }
  const auto facts = co_await parts_.examine(path);
  if (facts || !is_no_media(facts.error())) co_return true;
  ++job.report.passed["other"];
  co_return false;
}

// A refusal is one without a record (receiver.busy): nothing more is tried.
awaitable<Result<void>> VolumeImport::take(Job& job, Arrival arrival) {
  arrival.trust = trust_;
  auto taken = co_await parts_.intake.take(std::move(arrival));
  if (!taken) co_return Unexpected(taken.error());
  const bool look = taken->refusal && may_be_gone(*taken->refusal);
  job.report.receptions.push_back(*std::move(taken));
  if (look) co_await look_whether_gone(job, job.root);
  co_return Result<void>();
}

awaitable<void> VolumeImport::look_whether_gone(Job& job, fs::path path) {
  auto look = [path, seen = *job.seen] { return is_there(path, seen); };
  const bool there = co_await parts_.workers.run(std::move(look));
  job.report.gone = !there;
}

awaitable<Result<void>> VolumeImport::take_disc(Job& job, fs::path disc) {
  const auto contents = co_await parts_.discs.list(disc, settings_.shortest_title);
  std::optional<Refusal> refusal;
  if (!contents)
    refusal = contents.error();
  else if (contents->titles.empty())
    refusal = Refusal{"receiver.disc_no_titles", {}, {}};
  if (refusal) {
    Arrival arrival;
    arrival.path = disc;
    arrival.origin.means = "disc";
    arrival.origin.source = disc.string();
    arrival.origin.receiver = job.by;
    job.report.receptions.push_back(
        co_await parts_.intake.record_failure(std::move(arrival), *std::move(refusal), 0));
    co_await look_whether_gone(job, job.root);
    co_return Result<void>();
  }
  job.report.brief += contents->brief;
  job.report.repeated += contents->repeated;
  job.report.damaged += contents->damaged;
  const auto name = name_of(disc, *contents);
  for (const auto& title : contents->titles) {
    if (job.report.gone) break;
    const auto taken = co_await take_title(job, disc, name, title);
    if (!taken) co_return taken;
  }
  co_return Result<void>();
}

// Written out below a name that is the course's title, received from there, and removed.
awaitable<Result<void>> VolumeImport::take_title(Job& job, fs::path disc, std::string name, DiscTitle title) {
  const Args args{{"disc", name}, {"number", std::to_string(title.number)}};
  const auto folder = spool_ / random_id();
  Arrival arrival;
  arrival.path = folder / (safe_name(text(language_, "receiver.disc_title", args)) + ".mpg");
  arrival.origin.means = "disc";
  arrival.origin.source = disc.string();
  arrival.origin.receiver = job.by;
  arrival.afterwards = Arrival::Afterwards::give_up;
  arrival.known.duration_ms = title.duration_ms;
  const auto written = co_await write_out(disc, title, arrival.path);
  Result<void> taken;
  if (written) {
    taken = co_await take(job, arrival);
  } else {
    job.report.receptions.push_back(
        co_await parts_.intake.record_failure(std::move(arrival), written.error(), 0));
    if (may_be_gone(written.error())) co_await look_whether_gone(job, job.root);
  }
  auto clear = [folder] {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  };
  co_await parts_.workers.run(std::move(clear));
  co_return taken;
}

awaitable<Result<std::uint64_t>> VolumeImport::write_out(fs::path disc, DiscTitle title, fs::path file) {
  const auto size = static_cast<std::uint64_t>(title.bytes);
  auto prepare = [this, file, size] {
    parts_.files.make_folder(file.parent_path());
    return parts_.store.room_for(size);
  };
  const auto room = co_await parts_.workers.run(std::move(prepare));
  if (!room) co_return Unexpected(room.error());
  Shown shown(underway_, {one_line(to_utf8(file.filename().string())), 0, size, "disc"});
  const DiscReader::Heard heard = [&shown](std::uint64_t bytes) { shown.line().bytes_done = bytes; };
  co_return co_await parts_.discs.write(disc, settings_.shortest_title, title, file, heard);
}

}  // namespace edu::receiver
