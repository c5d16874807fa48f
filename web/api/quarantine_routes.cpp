// /api/v1/quarantine: what was refused and is kept for a while, and how it is emptied.
#include "library/courses.h"
#include "web/api/context.h"

namespace edu::web {
namespace {

constexpr std::size_t kMostNumbers = 1000;

Table table_of(const std::vector<receiver::QuarantineItem>& items, const Zone& zone, Language language) {
  auto table =
      headed(language, "quarantine.column", {"no", "name", "since", "means", "source", "size", "why"});
  table.title = text(language, "quarantine.title");
  for (const auto& item : items)
    table.rows.push_back(
        {item.no == 0 ? Cell(Text()) : Cell(Count{item.no}), item.name, zone.instant(from_ms(item.since_ms)),
         item.means.empty() ? "" : text(language, "book.means." + item.means), item.source, Bytes{item.bytes},
         text(language,
              item.why.code.empty() ? Refusal{"receiver.quarantine_no_reason", {}, {}} : item.why)});
  name_year(table);
  return table;
}

// Numbers of receptions; whole, from 1 on.
std::vector<std::int64_t> numbers_of(Asked& asked) {
  std::vector<std::int64_t> numbers;
  const auto* list = asked.has("numbers") ? asked.body().if_contains("numbers")->if_array() : nullptr;
  if (!list || list->empty() || list->size() > kMostNumbers) {
    asked.refuse({"web.member_type", {{"name", "numbers"}}, {}});
    return numbers;
  }
  for (const auto& value : *list) {
    if (const auto* number = value.if_int64(); number && *number > 0)
      numbers.push_back(*number);
    else
      asked.refuse({"web.member_type", {{"name", "numbers"}}, {}});
  }
  return numbers;
}

}  // namespace

Answer list_quarantine(Context& context, Request request) {
  const auto items = co_await context.rooms.intake.quarantine().list();
  co_return table_answer(request, table_of(items, context.rooms.zone, request.language));
}

Answer empty_quarantine(Context& context, Request request) {
  Asked asked(request);
  const bool all = asked.has("all") && asked.flag("all");
  auto numbers = all ? std::vector<std::int64_t>() : numbers_of(asked);
  if (!asked) co_return asked.refused();
  const auto emptied =
      co_await context.rooms.intake.quarantine().empty(std::move(numbers), all, request.caller.actor);
  if (!emptied) co_return Unexpected(emptied.error());
  json::object result;
  result["files"] = emptied->files;
  result["bytes"] = emptied->bytes;
  const Args args{{"count", std::to_string(emptied->files)}, {"size", library::size_text(emptied->bytes)}};
  co_return done_answer(request, result, text(request.language, "quarantine.emptied", args));
}

}  // namespace edu::web
