#include "web/api/page.h"

#include <ranges>

#include <fmt/format.h>

#include "library/courses.h"
#include "web/api/channels.h"
#include "web/http/html.h"

namespace edu::web {
namespace {

constexpr std::size_t kComing = 6, kSessions = 4, kReceptions = 6,
                      kObjects = 4;  // lines that fit a screen or two

// Large type and black on white: many who read it are old, and the screen stands at the back of a room.
constexpr std::string_view kStyle = R"(
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;font:20px/1.5 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;color:#111;background:#fff}
main{max-width:1000px;margin:0 auto;padding:12px 20px 24px}
header{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;border-bottom:4px solid #a00;gap:0 24px}
h1{font-size:30px;margin:0}
h2{font-size:24px;margin:18px 0 6px;color:#a00}
p{margin:4px 0}
.clock{font-variant-numeric:tabular-nums}
.state{font-size:26px;font-weight:bold}
.warn{background:#fff3c4;border-left:8px solid #b36b00;padding:6px 12px}
.air{background:#eef6ee;border-left:8px solid #1b6e1b;padding:8px 14px;margin-top:10px}
.idle{background:#f1f1f1;border-left:8px solid #666;padding:8px 14px;margin-top:10px}
progress{width:100%;height:22px}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:4px 10px 4px 0;border-bottom:1px solid #999;overflow-wrap:anywhere}
th,.figure{white-space:nowrap}
td{min-width:4em}
.figure{min-width:0}
.title{min-width:9em}
th{color:#333}
label{display:block}
input,button{font:inherit;padding:6px 10px;border:2px solid #555;border-radius:4px;max-width:100%}
input{width:22em}
button{background:#a00;color:#fff;border-color:#a00;cursor:pointer}
:focus-visible{outline:4px solid #06c;outline-offset:2px}
[role=alert]:not(:empty){background:#fff3c4;border-left:8px solid #b36b00;padding:6px 12px}
footer{margin-top:18px;border-top:1px solid #999;padding-top:6px;color:#333}
@media(max-width:600px){
body{font-size:17px}
main{padding:8px 10px}
h1{font-size:24px}
thead{display:none}
tr{display:block;padding:4px 0;border-bottom:1px solid #999}
td{display:inline;border:0}
.title{font-weight:bold}
}
@media print{footer{display:none}}
)";

// Every ten seconds the page is fetched again and its middle exchanged, so that it does not flicker.
constexpr std::string_view kScript = R"(
setInterval(async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch('/', {cache: 'no-store'});
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.querySelector('main').replaceWith(page.querySelector('main'));
  } catch (error) {
    document.querySelector('main').classList.add('warn');
  }
}, 10000);
document.addEventListener('click', async event => {
  if (!event.target.matches('[data-log-out]')) return;
  await fetch('/api/v1/logout', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'});
  location.reload();
});
)";

std::string section(const std::string& heading, const std::string& content) {
  return "<section><h2>" + escape(heading) + "</h2>\n" + content + "</section>\n";
}

std::string head(const Rooms& rooms, Language language, std::string_view script, std::string_view more) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title>\n"
      "<meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"/style.css\">\n"
      "<script src=\"{}\" defer></script>{}</head>\n<body><main>\n",
      tag(language), escape(rooms.station.name), script, more);
}

std::string clock_line(const Snapshot& snapshot, const Rooms& rooms, Language language) {
  return fmt::format("<header><h1>{}</h1><p class=\"clock\">{} · {}</p></header>\n",
                     escape(rooms.station.name), shown(rooms.zone.instant(snapshot.now), language),
                     escape(text(language, std::string("web.trust.") + to_string(snapshot.playout.trust))));
}

std::string on_air_box(const scheduler::OnAir::Now& now, const Snapshot& snapshot, Language language) {
  const auto most = std::max<std::int64_t>(1, now.declared.count());
  return fmt::format(
      "<div class=\"air\"><p class=\"state\">{}</p><p><strong>{}</strong> · {}</p>\n"
      "<progress max=\"{}\" value=\"{}\"></progress><p class=\"clock\">{}</p><p>{}</p></div>\n",
      escape(text(language, "web.state.on_air")), escape(now.occurrence.title), escape(item_title(now)), most,
      std::clamp<std::int64_t>(now.position.count(), 0, most), escape(progress_text(now)),
      escape(why_text(snapshot, language)));
}

std::string state_box(const Snapshot& snapshot, Language language) {
  if (snapshot.playout.now) return on_air_box(*snapshot.playout.now, snapshot, language);
  const auto state = state_of(snapshot);
  return fmt::format("<div class=\"{}\"><p class=\"state\">{}</p><p>{}</p></div>\n",
                     state == "idle" ? "idle" : "warn", escape(text(language, "web.state." + state)),
                     escape(why_text(snapshot, language)));
}

std::string alarms_box(const Snapshot& snapshot) {
  std::string out;
  for (const auto& one : snapshot.alarms) out += "<p class=\"warn\">" + escape(one) + "</p>\n";
  return out;
}

std::string left_out_box(const Snapshot& snapshot, Language language) {
  std::string out;
  for (const auto& one : snapshot.left_out)
    out += "<p class=\"warn\">" + escape(left_out_text(one, language)) + "</p>\n";
  return out;
}

std::string coming(const Snapshot& snapshot, const Rooms& rooms, Language language) {
  const auto table = scheduler::timeline_table(snapshot.coming, rooms.zone, language);
  if (table.rows.empty()) return "<p>" + escape(text(language, "web.nothing_coming")) + "</p>\n";
  return html_table(table, {"start", "title", "lecturer", "audience", "place", "state"}, kComing,
                    Pick::first);
}

std::string on_channel(const multicast::ChannelStatus& channel, const Zone& zone, Language language) {
  auto out = fmt::format("<p>{}</p>\n", escape(channel_text(channel, language)));
  for (const auto& note : note_texts(channel, language))
    out += "<p class=\"warn\">" + escape(note) + "</p>\n";
  for (const auto& one : channel.objects | std::views::take(kObjects)) {
    out += "<p>" + escape(object_text(one, zone, language)) + "</p>";
    if (one.bytes > 0)
      out += fmt::format("<progress max=\"{}\" value=\"{}\"></progress>\n", one.bytes, one.received);
  }
  if (channel.objects.size() > kObjects)
    out += "<p>" + escape(more_text(channel.objects.size() - kObjects, language)) + "</p>\n";
  return out;
}

std::string receiving(const Snapshot& snapshot, const Zone& zone, Language language) {
  std::string out;
  for (const auto& one : snapshot.receiving) {
    const auto part = one.bytes_total == 0
                          ? std::string()
                          : fmt::format(" max=\"{}\" value=\"{}\"", one.bytes_total, one.bytes_done);
    out += fmt::format("<p>{} · {}</p><progress{}></progress>\n", escape(one.name),
                       escape(text(language, "receiver.stage." + one.stage)), part);
  }
  for (const auto& one : snapshot.waiting)
    out += fmt::format("<p class=\"warn\">{}: {}</p>\n", escape(one.name), escape(text(language, one.why)));
  for (const auto& source : snapshot.sources)
    if (source.problem)
      out += fmt::format("<p class=\"warn\">{}: {}</p>\n", escape(source.name),
                         escape(text(language, *source.problem)));
  for (const auto& channel : snapshot.channels) out += on_channel(channel, zone, language);
  if (!snapshot.receptions.rows.empty())
    out +=
        html_table(snapshot.receptions, {"no", "date", "title", "size", "remarks"}, kReceptions, Pick::last);
  return out.empty() ? "<p>" + escape(text(language, "web.nothing_received")) + "</p>\n" : out;
}

std::string who_line(const std::string& who, Language language) {
  if (who.empty()) return "<a href=\"/login\">" + escape(text(language, "access.login.title")) + "</a>";
  return escape(who) + " <button data-log-out>" + escape(text(language, "access.log_out")) + "</button>";
}

std::string foot(const Snapshot& snapshot, Language language, const std::string& who) {
  const Args args{{"available", library::size_text(snapshot.space.available)},
                  {"total", library::size_text(snapshot.space.total)}};
  return fmt::format("<footer>{} {} · {} {} · EduStation {} · {}</footer>\n",
                     escape(text(language, "web.status.space")), escape(text(language, "web.space", args)),
                     escape(text(language, "web.status.journal")), snapshot.records, EDU_VERSION,
                     who_line(who, language));
}

// Without JavaScript the first page is fetched again by the browser itself.
constexpr std::string_view kAgain = "<noscript><meta http-equiv=\"refresh\" content=\"20\"></noscript>";

Response file(std::string_view type, std::string_view bytes) {
  Response response;
  response.content_type = type;
  response.body = bytes;
  return response;
}
}  // namespace

std::string first_page(const Snapshot& snapshot, const Rooms& rooms, Language language,
                       const std::string& who) {
  auto out = clock_line(snapshot, rooms, language) + alarms_box(snapshot) + state_box(snapshot, language) +
             left_out_box(snapshot, language);
  out += section(text(language, "web.status.coming"), coming(snapshot, rooms, language));
  if (!snapshot.sessions.rows.empty())
    out += section(text(language, "web.sessions_today"),
                   html_table(snapshot.sessions, {"session", "start", "title", "place", "rate", "state"},
                              kSessions, Pick::last));
  out += section(text(language, "web.receptions"), receiving(snapshot, rooms.zone, language));
  return out + foot(snapshot, language, who);
}

Response page_answer(const Rooms& rooms, Language language, std::string_view script, const std::string& body,
                     std::string_view more) {
  auto response = file("text/html; charset=utf-8",
                       head(rooms, language, script, more) + body + "</main></body></html>\n");
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("Content-Language", tag(language));
  response.headers.emplace_back("Vary", "Accept-Language, Cookie");
  return response;
}

Response script_answer(std::string_view script) { return file("text/javascript; charset=utf-8", script); }

Answer show_page(Context& context, Request request) {
  const auto snapshot = co_await take_snapshot(context, request.language);
  const auto* account = context.gate.account(request.caller.actor);
  const auto body = first_page(snapshot, context.rooms, request.language, account ? account->name : "");
  co_return page_answer(context.rooms, request.language, "/live.js", body, kAgain);
}

Answer give_style(Context&, Request) { co_return file("text/css; charset=utf-8", kStyle); }
Answer give_script(Context&, Request) { co_return script_answer(kScript); }

}  // namespace edu::web
