// Commands of the journal. `journal verify DIR` needs no station: it reads the copied folder itself.
//
// fs calls throw: main
#include <fmt/format.h>

#include "app/commands.h"
#include "base/cell_text.h"
#include "base/database_copy.h"
#include "base/time.h"
#include "calendar/zone.h"
#include "logs/books/books.h"
#include "logs/journal/journal.h"
#include "web/api/verdict.h"

namespace edu::app {
namespace {

// Puts server-sent events together again from the pieces that come, and gives the data of each.
class EventLines {
 public:
  template <class Take>
  void add(std::string_view piece, Take take) {
    for (const char c : piece) {
      if (c != '\n') {
        line_ += c;
        continue;
      }
      if (line_.empty() && !data_.empty()) take(std::exchange(data_, {}));
      if (line_.starts_with("data: ")) data_ = line_.substr(6);
      line_.clear();
    }
  }

 private:
  std::string line_, data_;
};

// "12  2026年11月22日 19:30:00  session.opened  auto  {…}"
std::string record_line(const std::string& data, const Zone& zone, Language language) {
  const auto parsed = parse_json(data);
  if (!parsed || !parsed->is_object()) return data;
  const auto& record = parsed->get_object();
  if (!record.contains("seq")) return data;  // "missed": which records are not told
  return fmt::format("{}  {}  {}  {}  {}", get_int(record, "seq"),
                     shown(zone.instant_to_the_second(from_ms(get_int(record, "at"))), language),
                     get_string(record, "kind"), get_string(record, "actor"),
                     json::serialize(get_object(record, "payload")));
}

Exit follow(Desk& desk) {
  const auto state = desk.read(target("status"));
  if (state.empty()) return Exit::refused;
  const Zone zone(get_string(get_object(state, "station"), "time_zone", "Asia/Shanghai"));
  const auto last = get_int(get_object(state, "journal"), "records");
  auto question = desk.question("GET", target("events"));
  question.accept = "text/event-stream";
  question.last_event_id = std::to_string(std::max<std::int64_t>(0, last - desk.options.lines));
  EventLines lines;
  auto& out = desk.console.out;
  const auto print = [&](const std::string& data) {
    out << (desk.options.json ? data : record_line(data, zone, desk.language())) << "\n" << std::flush;
  };
  const auto take = [&](std::string_view piece) {
    lines.add(piece, print);
    return static_cast<bool>(out);
  };
  const auto answer = listen(desk.address, question, take);
  return answer.good() ? Exit::done : desk.print(answer);
}

Exit print_verdict(const Desk& desk, const json::object& verdict) {
  if (desk.options.json)
    desk.console.out << json::serialize(verdict) << "\n";
  else
    desk.console.out << get_string(verdict, "text") << "\n";
  const auto* good = verdict.if_contains("good");
  return good && good->is_bool() && good->get_bool() ? Exit::done : Exit::refused;
}

Exit verify_folder(Desk& desk) {
  const auto file = fs::path(desk.options.file) / "station.db";
  if (!fs::exists(file)) {
    desk.console.err << desk.say("cli.no_file", {{"file", file.string()}}) << "\n";
    return Exit::refused;
  }
  try {
    const auto database = open_copy(file);
    const auto progress = [&](std::int64_t checked) { desk.console.err << "\r" << checked << std::flush; };
    const auto books = logs::all_projections();
    const auto verdict = desk.console.terminal ? logs::journal::verify(*database, books, progress)
                                               : logs::journal::verify(*database, books);
    if (desk.console.terminal) desk.console.err << "\r\033[K" << std::flush;
    return print_verdict(desk, web::verdict_json(verdict, desk.language()));
  } catch (const SQLite::Exception& error) {
    desk.console.err << desk.say("cli.cannot_read", {{"file", file.string()}, {"why", error.what()}}) << "\n";
    return Exit::refused;
  }
}

}  // namespace

Exit journal_tail(Desk& desk) {
  if (desk.options.follow) return follow(desk);
  return desk.show(target("journal", {{"n", std::to_string(desk.options.lines)}}));
}

Exit journal_verify(Desk& desk) {
  if (!desk.options.file.empty()) return verify_folder(desk);
  auto question = desk.question("POST", target("journal/verify"));
  question.accept = "application/json";
  question.content_type = "application/json";
  question.body = "{}";
  const auto answer = ask(desk.address, question);
  const auto verdict = parse_json(answer.body);
  if (!answer.good() || !verdict || !verdict->is_object()) return desk.print(answer);
  return print_verdict(desk, verdict->get_object());
}

}  // namespace edu::app
