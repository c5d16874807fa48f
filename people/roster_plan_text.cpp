// A plan of an import in words, and as JSON.
#include "base/text.h"
#include "people/roster_import.h"

namespace edu::people {
namespace {

constexpr std::size_t kMostLines = 20;    // of one kind that are written out
constexpr std::size_t kMostAsked = 1000;  // of what waits for a decision

using Twin = ImportPlan::Twin;

std::string who(const std::string& number, const std::string& name) { return number + " " + name; }

std::string changes_between(const Person& before, const Person& after, Language language) {
  std::string out;
  const auto compare = [&](const char* column, const std::string& old_text, const std::string& new_text) {
    if (old_text == new_text) return;
    const Args args{{"column", text(language, std::string("people.column.") + column)},
                    {"before", old_text.empty() ? "–" : old_text},
                    {"after", new_text.empty() ? "–" : new_text}};
    out += (out.empty() ? "" : text(language, "people.plan.and")) + text(language, "people.plan.field", args);
  };
  const auto status = [&](const Person& p) {
    return label(language, p.status) + (p.status_since ? " " + to_string(*p.status_since) : "");
  };
  const auto roles = [&](const Person& p) {
    std::string joined;
    for (const auto role : p.roles)
      joined += (joined.empty() ? "" : text(language, "people.list_separator")) + label(language, role);
    return joined;
  };
  compare("number", before.number, after.number);
  compare("name", before.name, after.name);
  compare("gender", label(language, before.gender), label(language, after.gender));
  compare("birth", before.birth, after.birth);
  compare("category", categories_text(language, before), categories_text(language, after));
  compare("group", before.group, after.group);
  compare("status", status(before), status(after));
  compare("phone", before.phone, after.phone);
  compare("roles", roles(before), roles(after));
  return out;
}

const char* key_of(Twin::Why why) {
  switch (why) {
    case Twin::Why::same_person:
      return "same_person";
    case Twin::Why::number_taken:
      return "number_taken";
    case Twin::Why::in_file:
      break;
  }
  return "in_file";
}

std::string twin_text(Language language, const Twin& twin) {
  return text(language, std::string("people.plan.") + key_of(twin.why),
              {{"line", std::to_string(twin.line)},
               {"person", who(twin.number, twin.name)},
               {"other", who(twin.other_number, twin.other_name)},
               {"other_line", std::to_string(twin.other_line)}});
}

// One heading with its count, and the lines below it.
class Lines {
 public:
  explicit Lines(Language language) : language_(language) {}
  template <class List, class Write>
  void list(const std::string& key, const List& items, Write write, std::size_t most = kMostLines) {
    if (items.empty()) return;
    say(key, {{"count", std::to_string(items.size())}});
    std::size_t shown = 0;
    for (const auto& item : items) {
      if (shown++ == most) {
        out_ += "\n  …";
        break;
      }
      out_ += "\n  " + write(item);
    }
  }
  void say(const std::string& key, const Args& args = {}) {
    out_ += (out_.empty() ? "" : "\n") + text(language_, "people.plan." + key, args);
  }
  std::string take() { return std::move(out_); }

 private:
  Language language_;
  std::string out_;
};

std::string group_text(Language language, const ImportPlan::DoubtfulGroup& group) {
  return text(language, "people.plan.doubtful_group",
              {{"group", group.group}, {"nearest", group.nearest}, {"count", std::to_string(group.people)}});
}

json::object named(const std::string& number, const std::string& name) {
  json::object one;
  one["number"] = number;
  one["name"] = name;
  return one;
}

template <class List, class Write>
json::array each(const List& items, Write write) {
  json::array out;
  for (const auto& item : items) out.push_back(json::value(write(item)));
  return out;
}

}  // namespace

std::string plan_text(Language language, const ImportPlan& plan) {
  Lines lines(language);
  const auto same = [](const std::string& item) { return item; };
  const auto person = [](const auto& one) { return who(one.number, one.name); };
  lines.list("added", plan.added, person);
  lines.list("changed", plan.changed, [&](const ImportPlan::Change& change) {
    return who(change.before.number, change.before.name) + text(language, "people.plan.colon") +
           changes_between(change.before, change.after, language);
  });
  lines.say("unchanged", {{"count", std::to_string(plan.unchanged)}});
  if (plan.skipped > 0) lines.say("skipped", {{"count", std::to_string(plan.skipped)}});
  lines.list("recognised", plan.recognised, [&](const ImportPlan::Recognised& one) {
    return text(language, "people.plan.recognised_one",
                {{"typed", one.typed}, {"person", who(one.number, one.name)}});
  });
  lines.list("new_groups", plan.new_groups, same);
  // A file of a few new people is no list of all: then a count will do.
  if (!plan.missing_move_out && plan.missing.size() > plan.entries.size())
    lines.say("missing_many", {{"count", std::to_string(plan.missing.size())}});
  else
    lines.list(plan.missing_move_out ? "missing_move_out" : "missing", plan.missing, person);
  lines.list(
      "twins", plan.twins, [&](const Twin& twin) { return twin_text(language, twin); }, kMostAsked);
  if (!plan.twins.empty()) lines.say("twins_how");
  lines.list(
      "doubtful", plan.doubtful, [&](const auto& group) { return group_text(language, group); }, kMostAsked);
  if (!plan.doubtful.empty()) lines.say("doubtful_how");
  return lines.take();
}

json::object plan_json(Language language, const ImportPlan& plan) {
  const auto person = [](const auto& one) { return named(one.number, one.name); };
  json::object out;
  out["added"] = each(plan.added, person);
  out["changed"] = each(plan.changed, [&](const ImportPlan::Change& change) {
    auto one = named(change.before.number, change.before.name);
    one["line"] = change.line;
    one["what"] = changes_between(change.before, change.after, language);
    return one;
  });
  out["unchanged"] = plan.unchanged;
  out["skipped"] = plan.skipped;
  out["recognised"] = each(plan.recognised, [](const ImportPlan::Recognised& one) {
    auto out_one = named(one.number, one.name);
    out_one["line"] = one.line;
    out_one["typed"] = one.typed;
    return out_one;
  });
  out["twins"] = each(plan.twins, [&](const Twin& twin) {
    auto one = named(twin.number, twin.name);
    one["line"] = twin.line;
    one["why"] = key_of(twin.why);
    one["other"] = named(twin.other_number, twin.other_name);
    one["other_line"] = twin.other_line;
    one["text"] = twin_text(language, twin);
    return one;
  });
  out["doubtful_groups"] = each(plan.doubtful, [](const ImportPlan::DoubtfulGroup& group) {
    json::object one;
    one["group"] = group.group;
    one["nearest"] = group.nearest;
    one["people"] = group.people;
    return one;
  });
  out["new_groups"] = json::array(plan.new_groups.begin(), plan.new_groups.end());
  out["missing"] = each(plan.missing, person);
  out["asks"] = plan.asks();
  return out;
}

}  // namespace edu::people
