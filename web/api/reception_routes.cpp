// /api/v1/receptions: what comes in by multicast, what it still lacks, and how a neighbour helps out.
#include <fcntl.h>

#include "base/fd.h"
#include "flute/md5.h"
#include "library/catalogue.h"
#include "receiver/channels/repair_file.h"
#include "web/api/channels.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

std::string percent(const multicast::ObjectStatus& one) {
  return std::to_string(one.bytes == 0 ? 0 : one.received * 100 / one.bytes) + " %";
}

Table objects_table(const std::vector<multicast::ChannelStatus>& channels, const Zone& zone,
                    Language language) {
  Table table;
  table.title = text(language, "reception.title");
  for (const auto* key :
       {"no", "channel", "name", "size", "received", "blocks_missing", "expected", "session", "hindrance"})
    table.columns.push_back({key, text(language, std::string("reception.column.") + key)});
  for (const auto& channel : channels)
    for (const auto& one : channel.objects)
      table.rows.push_back({std::to_string(one.no), channel.name, one.name, library::size_text(one.bytes),
                            percent(one), std::to_string(one.blocks_missing),
                            one.blocks_missing == 0 ? "" : expected_text(one.passes, zone, language),
                            one.session, one.why ? text(language, *one.why) : ""});
  return table;
}

Refusal no_object(const std::string& no) {
  return {"receiver.no_object", {{"no", no}}, Refusal::Kind::not_found};
}

awaitable<Response> list(Context& context, Request request) {
  co_return table_answer(
      request, objects_table(context.rooms.channels.status(), context.rooms.zone, request.language));
}

awaitable<Response> show(Context& context, Request request) {
  auto table = objects_table(context.rooms.channels.status(), context.rooms.zone, request.language);
  std::erase_if(table.rows, [&](const auto& row) { return row.at(0) != request.capture("no"); });
  if (table.rows.empty()) co_return problem(request.language, no_object(request.capture("no")));
  co_return table_answer(request, turned(table, request.language));
}

awaitable<Response> gaps(Context& context, Request request) {
  const auto no = number(request.capture("no"));
  if (!no) co_return problem(request.language, no.error());
  auto asking = context.rooms.channels.gaps(*no, receiver::kMostRuns);
  const auto found = co_await std::move(asking);
  if (!found) co_return problem(request.language, found.error());
  const Refusal compressed{
      "receiver.gaps_compressed", {{"no", request.capture("no")}}, Refusal::Kind::conflict};
  if (found->compressed || found->rearranged) co_return problem(request.language, compressed);
  receiver::GapList list;
  list.key = to_hex(found->key);
  list.name = found->name;
  list.md5 = found->md5 ? to_hex(*found->md5) : "";
  list.sha256 = found->sha256;
  list.length = found->length;
  for (const auto& run : found->runs) list.runs.push_back({run.first, run.last});
  auto answer = receiver::to_json(list);
  answer["expected"] = passes_json(found->passes);
  co_return json_answer(answer);
}

std::string md5_of(const fs::path& file) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  flute::Md5 md5;
  std::vector<std::uint8_t> chunk(256 << 10);
  while (fd) {
    const auto got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got <= 0) break;
    md5.update(std::span(chunk).first(static_cast<std::size_t>(got)));
  }
  return to_hex(md5.finish());
}

// The file that the gaps are of: by its SHA-256, or by size and MD5. On a worker.
std::optional<fs::path> find_whole(Database& database, const library::ObjectStore& store,
                                   const receiver::GapList& gaps) {
  for (const auto& one : library::list(database)) {
    if (one.size != static_cast<std::int64_t>(gaps.length) || !store.holds(one.sha256)) continue;
    const auto path = store.path(one.sha256);
    if (gaps.sha256.empty() ? !gaps.md5.empty() && md5_of(path) == gaps.md5 : gaps.sha256 == one.sha256)
      return path;
  }
  return std::nullopt;
}

std::optional<std::string> repair_of(Database& database, const library::ObjectStore& store,
                                     const receiver::GapList& gaps) {
  const auto path = find_whole(database, store, gaps);
  if (!path) return std::nullopt;
  const Fd fd(::open(path->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  const auto runs = receiver::first_runs(gaps);
  std::string bytes;
  for (const auto& run : runs) {
    const auto at = bytes.size();
    bytes.resize(at + run.size());
    read_at(fd, run.first, {reinterpret_cast<std::uint8_t*>(bytes.data()) + at, run.size()}, *path);
  }
  return receiver::repair_header(gaps, runs, bytes) + bytes;
}

awaitable<Response> answer_gaps(Context& context, Request request) {
  const auto gaps = receiver::read_gaps(request.body);
  if (!gaps) co_return problem(request.language, gaps.error());
  auto work = [&store = context.rooms.store, wanted = *gaps](Database& database) {
    return repair_of(database, store, wanted);
  };
  auto reading = read(context, work);
  auto repair = co_await std::move(reading);
  const Refusal none{"receiver.not_here", {{"name", gaps->name}}, Refusal::Kind::not_found};
  if (!repair) co_return problem(request.language, none);
  Response response;
  response.content_type = "application/octet-stream";
  response.body = *std::move(repair);
  co_return response;
}

awaitable<Response> fill(Context& context, Request request) {
  const auto repair = receiver::read_repair(request.body);
  if (!repair) co_return problem(request.language, repair.error());
  const auto key = digest_from_hex(repair->key);
  auto bytes = repair->bytes;
  bool taken = true;
  for (const auto& run : repair->runs) {
    const auto piece = bytes.first(run.size());
    bytes = bytes.subspan(run.size());
    auto filling = context.rooms.channels.fill(*key, run.first, {piece.begin(), piece.end()});
    const bool good = co_await std::move(filling);
    taken = taken && good;
  }
  const Refusal strange{"receiver.repair_strange", {}, Refusal::Kind::conflict};
  if (!taken) co_return problem(request.language, strange);
  json::object result;
  result["bytes"] = repair->bytes.size();
  const Args args{{"size", library::size_text(repair->bytes.size())}};
  co_return done_answer(request, result, text(request.language, "reception.filled", args));
}

awaitable<Response> fill_from_web(Context& context, Request request) {
  const auto no = number(request.capture("no"));
  if (!no) co_return problem(request.language, no.error());
  auto ordering = context.rooms.channels.fill_from_web(*no);
  const auto order = co_await std::move(ordering);
  if (!order) co_return problem(request.language, order.error());
  json::object result;
  result["name"] = order->name;
  result["url"] = order->url;
  result["bytes"] = order->bytes;
  const Args args{{"name", order->name}, {"url", order->url}, {"size", library::size_text(order->bytes)}};
  co_return done_answer(request, result, text(request.language, "reception.web_begun", args), 202);
}

}  // namespace

void add_reception_routes(Router& router, Context& context) {
  router.add("GET", "/api/v1/receptions", with(context, list));
  router.add("GET", "/api/v1/receptions/{no}", with(context, show));
  router.add("GET", "/api/v1/receptions/{no}/gaps", with(context, gaps));
  router.add("POST", "/api/v1/receptions/{no}/web", with(context, fill_from_web));
  router.add("POST", "/api/v1/receptions/gaps", with(context, answer_gaps));
  router.add("POST", "/api/v1/receptions/fill", with(context, fill), "application/octet-stream");
}

}  // namespace edu::web
