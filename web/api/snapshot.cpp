#include "web/api/snapshot.h"

#include <ranges>

#include <fmt/format.h>

#include "base/text.h"
#include "library/courses.h"
#include "logs/books/session_list.h"
#include "web/api/channels.h"

namespace edu::web {
namespace {

constexpr int kComingDays = 7;
constexpr std::size_t kMostObjects = 8;  // of one channel; a carousel may have thousands under way
constexpr std::chrono::days kReceptionDays{30};

// What lies on the disk, read on a worker.
struct Stored {
  std::int64_t records = 0;
  Table sessions, receptions;
  Space space;
  std::vector<library::Courseware> missing;  // courses whose file is gone
};

constexpr std::size_t kMissing = 5;  // that are named

std::vector<library::Courseware> missing_of(Database& database, const library::ObjectStore& store) {
  auto courses = library::list(database);
  std::erase_if(courses, [&](const auto& course) { return !store.lacks(course.sha256); });
  return courses;
}

// What is to be mended first: the disk, then courses that cannot be shown.
std::vector<std::string> alarms_of(const std::optional<Refusal>& disk, const Stored& stored,
                                   const scheduler::OnAir& playout, Language language) {
  std::vector<std::string> out;
  if (disk) out.push_back(text(language, *disk));
  if (playout.record && playout.record->waiting > 0)
    out.push_back(
        text(language, "web.record_waits",
             {{"entries", std::to_string(playout.record->waiting)}, {"what", playout.record->what}}));
  for (const auto& course : stored.missing | std::views::take(kMissing))
    out.push_back(text(language, "web.course_missing",
                       {{"no", library::courseware_label(course.no)}, {"title", course.title}}));
  if (stored.missing.size() > kMissing)
    out.push_back(text(language, "web.courses_missing", {{"count", std::to_string(stored.missing.size())}}));
  return out;
}

awaitable<Stored> read_stored(Context& context, Language language) {
  auto work = [&files = context.rooms.files, folder = context.rooms.data_folder, today = context.today(),
               zone = context.rooms.zone, &store = context.rooms.store, language](Database& database) {
    Stored stored;
    stored.missing = missing_of(database, store);
    stored.records = logs::journal::head(database).seq;
    stored.sessions = logs::session_list(database, logs::Period{today, today}, zone, language);
    stored.receptions = logs::read_book(database, *logs::find_book(logs::all_books(), "reception"),
                                        logs::Period{today - kReceptionDays, today}, zone, language);
    stored.space = files.space(folder);
    return stored;
  };
  co_return co_await read(context, work);
}

json::value on_air_json(const Snapshot& snapshot, const Zone& zone) {
  if (!snapshot.playout.now) return nullptr;
  const auto& now = *snapshot.playout.now;
  json::object out;
  out["programme"] = now.occurrence.programme;
  out["local_start"] = to_string(now.occurrence.local_start);
  out["title"] = now.occurrence.title;
  out["item"] = now.item + 1;
  out["items"] = now.occurrence.rundown.size();
  out["item_title"] = item_title(now);
  out["position_ms"] = now.position.count();
  out["duration_ms"] = now.declared.count();
  out["effective_ms"] = now.effective_ms;
  out["planned"] = zone.iso8601(now.planned);
  out["since"] = now.plays ? zone.iso8601(now.since) : "";
  out["ends"] = zone.iso8601(now.occurrence.end);
  out["session"] = now.session;
  return out;
}

json::object deck_json(const player::DeckStatus& deck) {
  json::object out;
  out["up"] = deck.up;
  out["video_output"] = deck.video_output;
  out["audio_output"] = deck.audio_output;
  out["version"] = deck.version;
  out["restarts"] = deck.restarts;
  return out;
}

json::array receiving_json(const Snapshot& snapshot) {
  json::array out;
  for (const auto& one : snapshot.receiving) {
    json::object file;
    file["name"] = one.name;
    file["done"] = one.bytes_done;
    file["size"] = one.bytes_total;
    file["stage"] = one.stage;
    out.push_back(std::move(file));
  }
  return out;
}

json::array waiting_json(const Snapshot& snapshot, Language language) {
  json::array out;
  for (const auto& one : snapshot.waiting) {
    json::object file;
    file["name"] = one.name;
    file["why"] = text(language, one.why);
    out.push_back(std::move(file));
  }
  return out;
}

json::array sources_json(const Snapshot& snapshot, const Zone& zone, Language language) {
  json::array out;
  for (const auto& one : snapshot.sources) {
    json::object source;
    source["name"] = one.name;
    source["means"] = one.means;
    source["state"] = one.state;
    source["problem"] = one.problem ? text(language, *one.problem) : "";
    source["heard"] = one.heard ? zone.iso8601(*one.heard) : "";
    out.push_back(std::move(source));
  }
  return out;
}

std::string deck_text(const player::DeckStatus& deck, Language language) {
  if (!deck.up) return text(language, "web.deck_down");
  const bool silent = deck.video_output == "null" || deck.video_output.empty();
  return text(language, silent ? "web.deck_without_picture" : "web.deck_up",
              {{"video", deck.video_output}, {"audio", deck.audio_output}});
}

std::string receiving_text(const receiver::Progress& one, Language language) {
  const auto stage = text(language, "receiver.stage." + one.stage);
  if (one.bytes_total == 0)  // nobody knows how much it will be
    return fmt::format("{} · {} · {}", one.name, stage, library::size_text(one.bytes_done));
  return fmt::format("{} · {} · {} %", one.name, stage, one.bytes_done * 100 / one.bytes_total);
}

std::string session_text(const Table& sessions, const Row& row) {
  std::string out;
  for (const auto& cell : row) out += (out.empty() ? "" : " · ") + shown(sessions, cell);
  return out;
}

}  // namespace

awaitable<Snapshot> take_snapshot(Context& context, Language language) {
  auto stored = co_await read_stored(context, language);
  const auto& rooms = context.rooms;
  Snapshot snapshot;
  snapshot.now = rooms.clock.now();
  snapshot.left_out = rooms.left_out();
  snapshot.playout = rooms.on_air();
  snapshot.alarms = alarms_of(rooms.disk(), stored, snapshot.playout, language);
  snapshot.coming = co_await rooms.timeline(kComingDays);
  snapshot.receiving = rooms.sources.progress();
  for (auto& one : rooms.volumes.progress()) snapshot.receiving.push_back(std::move(one));
  for (auto& one : rooms.intake.progress()) snapshot.receiving.push_back(std::move(one));
  snapshot.sources = rooms.sources.states();
  snapshot.waiting = rooms.folder.waiting();
  snapshot.channels = rooms.channels.status();
  snapshot.folder_working = rooms.folder.working();
  snapshot.space = stored.space;
  snapshot.records = stored.records;
  snapshot.sessions = std::move(stored.sessions);
  snapshot.receptions = std::move(stored.receptions);
  co_return snapshot;
}

std::string left_out_text(const LeftOut& one, Language language) {
  return text(language, "web.left_out", {{"part", text(language, "web.part." + one.part)}, {"why", one.why}});
}

std::string state_of(const Snapshot& snapshot) {
  if (snapshot.playout.now) return "on_air";
  if (snapshot.playout.trust == ClockTrust::untrusted) return "clock";
  return snapshot.playout.deck.up ? "idle" : "no_deck";
}

std::string item_title(const scheduler::OnAir::Now& now) {
  const auto& rundown = now.occurrence.rundown;
  return now.item < rundown.size() ? rundown[now.item].title : std::string();
}

std::string why_text(const Snapshot& snapshot, Language language) {
  return text(language, snapshot.playout.why, snapshot.playout.why_args);
}

std::string progress_text(const scheduler::OnAir::Now& now) {
  return clock_duration(now.position) + " / " + clock_duration(now.declared);
}

json::object to_json(const Snapshot& snapshot, const Rooms& rooms, Language language) {
  json::object station, clock, space, journal, folder, out;
  station["name"] = rooms.station.name;
  station["number"] = rooms.station.number;
  station["time_zone"] = rooms.zone.name();
  clock["now"] = rooms.zone.iso8601(snapshot.now);
  clock["trust"] = to_string(snapshot.playout.trust);
  space["available"] = snapshot.space.available;
  space["total"] = snapshot.space.total;
  journal["records"] = snapshot.records;
  folder["path"] = to_utf8(rooms.folder.folder().string());
  folder["working"] = snapshot.folder_working;
  out["station"] = std::move(station);
  out["software"] = EDU_VERSION;
  out["clock"] = std::move(clock);
  out["state"] = state_of(snapshot);
  json::array alarms;
  for (const auto& one : snapshot.alarms) alarms.emplace_back(one);
  out["alarms"] = std::move(alarms);
  out["on_air"] = on_air_json(snapshot, rooms.zone);
  json::array left_out;
  for (const auto& one : snapshot.left_out) left_out.push_back({{"part", one.part}, {"why", one.why}});
  out["left_out"] = std::move(left_out);
  out["why"] = why_text(snapshot, language);
  out["deck"] = deck_json(snapshot.playout.deck);
  out["coming"] = edu::to_json(scheduler::timeline_table(snapshot.coming, rooms.zone, language)).at("rows");
  out["sessions"] = edu::to_json(snapshot.sessions).at("rows");
  out["inbox"] = std::move(folder);
  out["receiving"] = receiving_json(snapshot);
  out["waiting"] = waiting_json(snapshot, language);
  out["sources"] = sources_json(snapshot, rooms.zone, language);
  out["channels"] = channels_json(snapshot.channels, language);
  out["space"] = std::move(space);
  out["journal"] = std::move(journal);
  return out;
}

Table to_table(const Snapshot& snapshot, const Rooms& rooms, Language language) {
  auto table = headed(language, "web", {"property", "value"});
  table.title = rooms.station.name + (rooms.station.number.empty() ? "" : " " + rooms.station.number);
  const auto moment = rooms.zone.instant(snapshot.now);
  const auto year = std::chrono::year_month_day(moment.day()).year();  // the clock's line names it
  const auto row = [&](const std::string& key, std::string value) {
    table.rows.push_back({text(language, "web.status." + key), std::move(value)});
  };
  for (const auto& one : snapshot.alarms) row("alarm", one);
  row("state", text(language, "web.state." + state_of(snapshot)));
  if (const auto& now = snapshot.playout.now) {
    row("on_air", now->occurrence.title + " · " + item_title(*now));
    row("progress", progress_text(*now));
  }
  row("why", why_text(snapshot, language));
  row("clock", shown(moment, language) + " " +
                   text(language, std::string("web.trust.") + to_string(snapshot.playout.trust)));
  for (const auto& one : snapshot.left_out) row("left_out", left_out_text(one, language));
  row("deck", deck_text(snapshot.playout.deck, language));
  for (std::size_t i = 0; i < snapshot.coming.size() && i < 3; ++i)
    row("coming",
        shown(rooms.zone.instant(snapshot.coming[i].start), language, year) + " " + snapshot.coming[i].title);
  for (const auto& session : snapshot.sessions.rows) row("session", session_text(snapshot.sessions, session));
  row("inbox", to_utf8(rooms.folder.folder().string()) +
                   (snapshot.folder_working ? "" : " " + text(language, "web.inbox_unreadable")));
  for (const auto& one : snapshot.receiving) row("receiving", receiving_text(one, language));
  for (const auto& one : snapshot.waiting) row("waiting", one.name + ": " + text(language, one.why));
  for (const auto& one : snapshot.sources)
    if (one.problem) row("source", one.name + ": " + text(language, *one.problem));
  for (const auto& one : snapshot.channels) {
    row("channel", channel_text(one, language));
    for (auto& note : note_texts(one, language)) row("channel", std::move(note));
    for (const auto& object : one.objects | std::views::take(kMostObjects))
      row("receiving", object_text(object, rooms.zone, language));
    if (one.objects.size() > kMostObjects)
      row("receiving", more_text(one.objects.size() - kMostObjects, language));
  }
  row("space", text(language, "web.space",
                    {{"available", library::size_text(snapshot.space.available)},
                     {"total", library::size_text(snapshot.space.total)}}));
  row("journal", std::to_string(snapshot.records));
  row("software", "EduStation " EDU_VERSION);
  return table;
}

Answer show_status(Context& context, Request request) {
  const auto snapshot = co_await take_snapshot(context, request.language);
  const auto format = format_of(request);
  if (format && *format == Format::json)
    co_return json_answer(to_json(snapshot, context.rooms, request.language));
  co_return table_answer(request, to_table(snapshot, context.rooms, request.language));
}

}  // namespace edu::web
