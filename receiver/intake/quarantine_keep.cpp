#include "receiver/intake/quarantine_keep.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <system_error>

#include <sys/stat.h>

#include "base/diagnostics.h"
#include "base/json.h"
#include "base/path_text.h"
#include "base/retry.h"
#include "receiver/trust/file_signature.h"

namespace edu::receiver {
namespace {

constexpr std::size_t kLargestReason = 64 << 10;
constexpr std::size_t kMostNumbers = 1000;
constexpr std::string_view kReason = ".reason.json", kObject = "object-";

// "12-film.mp4.reason.json": 12. 0: of another form.
std::int64_t number_of(std::string_view name) {
  std::int64_t no = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), no);
  const bool good = error == std::errc() && end != name.data() + name.size() && *end == '-';
  return good && no > 0 ? no : 0;
}

void read_reason(const fs::path& path, QuarantineItem& item) {
  try {
    const auto value = parse_json(read_file(path, kLargestReason));
    if (!value || !value->is_object()) return;
    const auto& object = value->get_object();
    item.name = get_string(object, "name");
    item.means = get_string(object, "means");
    item.source = get_string(object, "source");
    if (const auto received = get_int(object, "received_ms"); received > 0) item.since_ms = received;
    const auto& reason = get_object(object, "reason");
    item.why.code = get_string(reason, "code");
    for (const auto& [name, arg] : get_object(reason, "args"))
      if (arg.is_string()) item.why.args[std::string(name)] = std::string(arg.get_string());
  } catch (const std::exception& error) {
    spdlog::warn("receiver: {}", error.what());
  }
}

void add(QuarantineItem& item, const fs::path& path, std::string_view name) {
  const auto seen = signature_of(path);
  if (!seen) return;
  item.files.push_back(path);
  if (seen->regular()) item.bytes += seen->size;
  if (name.ends_with(kReason)) {
    item.since_ms = seen->modified_ns / 1'000'000;
    read_reason(path, item);
  } else if (item.since_ms == 0) {
    item.since_ms = seen->modified_ns / 1'000'000;
  }
}

}  // namespace

std::string sender_of(std::string_view means, std::string_view source) {
  constexpr std::string_view between = " \xC2\xB7 ";  // channel · session · location
  if (means == "multicast") {
    const auto first = source.find(between);
    const auto second = first == source.npos ? first : source.find(between, first + between.size());
    source = source.substr(0, second);
  } else if (means == "web") {
    source = source.substr(0, source.rfind(' '));
  }
  return std::string(means) + " " + std::string(source);
}

std::vector<QuarantineItem> list_quarantine(const fs::path& folder) {
  std::map<std::string, QuarantineItem> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const auto name = at->path().filename().string();
    const auto no = number_of(name);
    if (no == 0 && !name.starts_with(kObject)) continue;  // not ours
    auto& item = found[no == 0 ? name : std::to_string(no)];
    item.no = no;
    if (no == 0) item.name = name;
    add(item, at->path(), name);
  }
  if (error) throw std::system_error(error, "read " + folder.string());
  std::vector<QuarantineItem> items;
  for (auto& [key, item] : found) {
    if (item.name.empty()) item.name = path_text(item.files.front().filename());
    items.push_back(std::move(item));
  }
  std::ranges::stable_sort(items, [](const auto& a, const auto& b) {
    return std::pair(a.since_ms, a.no) < std::pair(b.since_ms, b.no);
  });
  return items;
}

std::vector<Surplus> surplus(const std::vector<QuarantineItem>& items, const config::Receiver& quota,
                             WallTime now) {
  struct Kept {
    std::uint64_t files = 0, bytes = 0;
  };
  std::map<std::string, Kept> kept;
  std::vector<Surplus> found;
  const auto oldest = to_ms(now) - std::int64_t{quota.quarantine_days} * 24 * 3600'000;
  for (std::size_t i = items.size(); i-- > 0;) {  // the newest are kept
    const auto& item = items[i];
    auto& of_sender = kept[sender_of(item.means, item.source)];
    const char* why = item.since_ms < oldest                                      ? "age"
                      : of_sender.files >= quota.quarantine_files                 ? "number"
                      : of_sender.bytes + item.bytes > quota.quarantine_mb << 20u ? "size"
                                                                                  : nullptr;
    if (why) {
      found.push_back({item, why});
      continue;
    }
    ++of_sender.files;
    of_sender.bytes += item.bytes;
  }
  std::ranges::reverse(found);
  return found;
}

awaitable<std::vector<QuarantineItem>> QuarantineKeep::list() {
  auto work = [folder = parts_.store.quarantine()] { return list_quarantine(folder); };
  co_return co_await parts_.workers.run(std::move(work));
}

// Recorded after the files are gone: what the power cuts in between lies there still, or was refused anyway.
awaitable<QuarantineKeep::Emptied> QuarantineKeep::remove(std::vector<QuarantineItem> items, std::string why,
                                                          std::string actor) {
  Emptied emptied;
  if (items.empty()) co_return emptied;
  auto work = [this, &items] {
    for (const auto& item : items)
      for (const auto& file : item.files) parts_.files.remove(file);
    parts_.files.sync_folder(parts_.store.quarantine());
  };
  co_await parts_.workers.run(std::move(work));
  logs::QuarantineEmptied event;
  event.why = std::move(why);
  for (const auto& item : items) {
    ++emptied.files;
    emptied.bytes += item.bytes;
    if (item.no != 0 && event.receptions.size() < kMostNumbers) event.receptions.push_back(item.no);
  }
  event.files = emptied.files;
  event.bytes = static_cast<std::int64_t>(emptied.bytes);
  auto unit = [event, actor = std::move(actor)](logs::Transaction& t) { return t.append(actor, event); };
  co_await parts_.ledger.write(std::move(unit));
  spdlog::info("receiver: {} refused files ({} bytes) removed from quarantine: {}", event.files, event.bytes,
               event.why);
  co_return emptied;
}

awaitable<Result<QuarantineKeep::Emptied>> QuarantineKeep::empty(std::vector<std::int64_t> numbers, bool all,
                                                                 std::string actor) {
  auto items = co_await list();
  if (!all) {
    const std::set<std::int64_t> wanted(numbers.begin(), numbers.end());
    for (const auto no : wanted)
      if (std::ranges::find(items, no, &QuarantineItem::no) == items.end())
        co_return refuse("receiver.quarantine_unknown", {{"no", std::to_string(no)}},
                         Refusal::Kind::not_found);
    std::erase_if(items, [&](const auto& item) { return !wanted.contains(item.no); });
  }
  const auto emptied = co_await remove(std::move(items), "person", std::move(actor));
  co_return emptied;
}

awaitable<void> QuarantineKeep::tidy() {
  const auto failure = co_await failure_of(tidy_now());
  if (failure) spdlog::error("receiver: quarantine: {}", *failure);
}

awaitable<void> QuarantineKeep::tidy_now() {
  const auto items = co_await list();
  std::map<std::string, std::vector<QuarantineItem>> by_reason;
  // By a clock that cannot be believed nothing is old.
  const bool trusted = parts_.clock.trust() != ClockTrust::untrusted;
  for (auto& one : surplus(items, quota_, trusted ? parts_.clock.now() : WallTime()))
    by_reason[one.why].push_back(std::move(one.item));
  for (const auto& [why, gone] : by_reason) co_await remove(gone, why, "auto");
}

awaitable<bool> QuarantineKeep::make_room(std::uint64_t bytes) {
  auto fits = [this, bytes] { return parts_.store.room_for(bytes).has_value(); };
  auto room = co_await parts_.workers.run(fits);
  if (room) co_return true;
  const auto items = co_await list();
  for (const auto& item : items) {
    const std::vector<QuarantineItem> one{item};
    co_await remove(one, "space", "auto");
    room = co_await parts_.workers.run(fits);
    if (room) break;
  }
  co_return room;
}

}  // namespace edu::receiver
