#include "scheduler/timetable/programme_json.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/loose_date.h"
#include "base/text.h"
#include "library/courseware.h"

namespace edu::scheduler {
namespace {

constexpr std::array<std::string_view, 12> kFields{"title",   "kind",  "local_start", "zone",
                                                   "rundown", "rrule", "exdates",     "rdates",
                                                   "groups",  "tutor", "chair",       "place"};

Unexpected wrong_type(std::string_view field, std::string_view type) {
  return refuse("scheduler.field_type", {{"field", std::string(field)}, {"type", std::string(type)}});
}

// Reads the members of one object; the first refusal stays, what follows then reads nothing.
class Reader {
 public:
  explicit Reader(const json::object& object) : object_(object) {}

  void string(const char* name, std::string& out) {
    if (const auto* value = find(name)) {
      if (!value->is_string()) return fail(wrong_type(name, "\"…\""));
      const auto normal = nfc(value->get_string());
      if (!normal) return fail(wrong_type(name, "\"…\" (UTF-8)"));
      out = one_line(*normal);
    }
  }
  // Courseware as a number or as people see it, "KJ000012".
  void courseware(const char* name, std::vector<std::int64_t>& out) {
    for (const auto& item : list(name, kMostItems)) {
      const auto no = item.is_int64()    ? std::optional(item.get_int64())
                      : item.is_string() ? library::courseware_no(item.get_string())
                                         : std::nullopt;
      if (!no) return fail(wrong_type(name, "[12, \"KJ000013\"]"));
      out.push_back(*no);
    }
  }
  void strings(const char* name, std::vector<std::string>& out) {
    for (const auto& item : list(name, kMostGroups)) {
      const auto normal = item.is_string() ? nfc(item.get_string()) : std::nullopt;
      if (!normal) return fail(wrong_type(name, "[\"…\"]"));
      out.push_back(one_line(*normal));
    }
  }
  void times(const char* name, std::vector<LocalTime>& out) {
    for (const auto& item : list(name, kMostExceptions)) {
      if (!item.is_string()) return fail(wrong_type(name, "[\"2026-11-22T19:30\"]"));
      if (const auto time = local_time(name, item.get_string())) out.push_back(*time);
    }
  }
  std::optional<LocalTime> local_time(const char* name, std::string_view value) {
    const auto time = typed_local_time(value);
    if (!time)
      fail(refuse("scheduler.field_time",
                  {{"field", name}, {"value", std::string(truncate_utf8(value, 60))}}));
    return time;
  }
  void need(const char* name) {
    if (!object_.contains(name)) fail(refuse("scheduler.field_missing", {{"field", name}}));
  }
  void fail(const Unexpected& no) {
    if (!refusal_) refusal_ = no.value();
  }
  const std::optional<Refusal>& refusal() const { return refusal_; }

 private:
  const json::value* find(const char* name) const { return refusal_ ? nullptr : object_.if_contains(name); }
  const json::array& list(const char* name, std::size_t most) {
    static const json::array kNone;
    const auto* value = find(name);
    if (!value) return kNone;
    if (!value->is_array()) return fail(wrong_type(name, "[…]")), kNone;
    if (value->get_array().size() <= most) return value->get_array();
    return fail(refuse("scheduler.field_many", {{"field", name}, {"most", std::to_string(most)}})), kNone;
  }

  const json::object& object_;
  std::optional<Refusal> refusal_;
};

template <class List, class Write>
json::array array_of(const List& list, Write write) {
  json::array out;
  for (const auto& item : list) out.push_back(json::value(write(item)));
  return out;
}

}  // namespace

Result<ProgrammeDraft> read_draft(const json::value& value) {
  if (!value.is_object()) return wrong_type("programme", "{…}");
  const auto& object = value.get_object();
  for (const auto& member : object)
    if (std::find(kFields.begin(), kFields.end(), std::string_view(member.key())) == kFields.end())
      return refuse("scheduler.field_unknown", {{"field", std::string(truncate_utf8(member.key(), 60))}});
  Reader read(object);
  for (const auto* name : {"title", "kind", "local_start", "rundown"}) read.need(name);
  ProgrammeDraft draft;
  std::string kind, start;
  read.string("title", draft.title);
  read.string("kind", kind);
  read.string("local_start", start);
  read.string("zone", draft.zone);
  read.courseware("rundown", draft.rundown);
  read.string("rrule", draft.rrule);
  read.times("exdates", draft.exdates);
  read.times("rdates", draft.rdates);
  read.strings("groups", draft.groups);
  read.string("tutor", draft.tutor);
  read.string("chair", draft.chair);
  read.string("place", draft.place);
  if (read.refusal()) return Unexpected(*read.refusal());
  if (const auto known = kind_of(kind))
    draft.kind = *known;
  else
    return refuse("scheduler.field_kind", {{"value", std::string(truncate_utf8(kind, 60))}});
  if (const auto time = read.local_time("local_start", start)) draft.local_start = *time;
  if (read.refusal()) return Unexpected(*read.refusal());
  return draft;
}

json::object to_json(const Programme& programme) {
  auto time = [](LocalTime local) { return edu::to_string(local); };
  auto same = [](const auto& item) { return item; };
  json::object out;
  out["programme"] = programme.id;
  out["title"] = programme.title;
  out["kind"] = to_string(programme.kind);
  out["local_start"] = edu::to_string(programme.local_start);
  out["zone"] = programme.zone;
  out["rundown"] = array_of(programme.rundown, same);
  out["rrule"] = programme.rrule;
  out["exdates"] = array_of(programme.exdates, time);
  out["rdates"] = array_of(programme.rdates, time);
  out["groups"] = array_of(programme.groups, same);
  out["tutor"] = programme.tutor;
  out["chair"] = programme.chair;
  out["place"] = programme.place;
  out["cancelled"] = programme.cancelled;
  out["cancelled_dates"] = array_of(programme.cancelled_dates, time);
  return out;
}

}  // namespace edu::scheduler
