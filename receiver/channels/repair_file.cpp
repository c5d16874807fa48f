#include "receiver/channels/repair_file.h"

#include <algorithm>

#include "base/sha256.h"

namespace edu::receiver {
namespace {

constexpr std::string_view kMark = "edustation_repair";
constexpr std::size_t kLongestHeader = 2 << 20;  // 20,000 runs of two numbers

bool is_hex(const std::string& text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

json::array runs_json(const std::vector<ByteRun>& runs) {
  json::array out;
  for (const auto& run : runs) {
    json::array pair;
    pair.emplace_back(run.first);
    pair.emplace_back(run.last);
    out.push_back(std::move(pair));
  }
  return out;
}

std::optional<std::uint64_t> natural(const json::value& value) {
  if (value.is_uint64()) return value.get_uint64();
  if (value.is_int64() && value.get_int64() >= 0) return static_cast<std::uint64_t>(value.get_int64());
  return std::nullopt;
}

// Runs in their order, none over another, within `length` bytes.
std::optional<std::vector<ByteRun>> read_runs(const json::object& object, std::uint64_t length) {
  const auto& list = get_array(object, "runs");
  if (list.empty() || list.size() > kMostRuns) return std::nullopt;
  std::vector<ByteRun> runs;
  for (const auto& item : list) {
    const auto* pair = item.if_array();
    if (!pair || pair->size() != 2) return std::nullopt;
    const auto first = natural(pair->at(0)), last = natural(pair->at(1));
    if (!first || !last || *last < *first || *last >= length) return std::nullopt;
    if (!runs.empty() && *first <= runs.back().last) return std::nullopt;
    runs.push_back({*first, *last});
  }
  return runs;
}

}  // namespace

json::object to_json(const GapList& gaps) {
  json::object out;
  out["edustation_gaps"] = 1;
  out["key"] = gaps.key;
  out["name"] = gaps.name;
  out["sha256"] = gaps.sha256;
  out["md5"] = gaps.md5;
  out["length"] = gaps.length;
  out["runs"] = runs_json(gaps.runs);
  return out;
}

Result<GapList> read_gaps(std::string_view text) {
  const auto bad = [](const char* member) { return refuse("receiver.gaps_bad", {{"member", member}}); };
  if (text.size() > kLongestHeader) return bad("runs");
  const auto value = parse_json(text);
  const auto* object = value ? value->if_object() : nullptr;
  if (!object || get_int(*object, "edustation_gaps") != 1) return bad("edustation_gaps");
  GapList gaps{get_string(*object, "key"),
               get_string(*object, "name"),
               get_string(*object, "sha256"),
               get_string(*object, "md5"),
               0,
               {}};
  if (!is_hex(gaps.key, 64)) return bad("key");
  if (!gaps.sha256.empty() && !is_hex(gaps.sha256, 64)) return bad("sha256");
  if (!gaps.md5.empty() && !is_hex(gaps.md5, 32)) return bad("md5");
  const auto length = object->contains("length") ? natural(object->at("length")) : std::nullopt;
  if (!length) return bad("length");
  gaps.length = *length;
  auto runs = read_runs(*object, gaps.length);
  if (!runs) return bad("runs");
  gaps.runs = *std::move(runs);
  return gaps;
}

std::string repair_header(const GapList& gaps, const std::vector<ByteRun>& runs, std::string_view bytes) {
  json::object out;
  out[kMark] = 1;
  out["key"] = gaps.key;
  out["length"] = gaps.length;
  out["sha256"] = to_hex(Sha256().update(bytes).finish());
  out["runs"] = runs_json(runs);
  return json::serialize(out) + "\n";
}

Result<Repair> read_repair(std::string_view bytes) {
  const auto bad = [](const char* what) { return refuse("receiver.repair_bad", {{"what", what}}); };
  const auto line = bytes.substr(0, kLongestHeader).find('\n');
  if (line == std::string_view::npos) return bad("header");
  const auto value = parse_json(bytes.substr(0, line));
  const auto* object = value ? value->if_object() : nullptr;
  if (!object || get_int(*object, kMark) != 1) return bad("header");
  Repair repair;
  repair.key = get_string(*object, "key");
  if (!is_hex(repair.key, 64)) return bad("key");
  const auto length = object->contains("length") ? natural(object->at("length")) : std::nullopt;
  auto runs = length ? read_runs(*object, *length) : std::nullopt;
  if (!runs) return bad("runs");
  repair.runs = *std::move(runs);
  const auto body = bytes.substr(line + 1);
  std::uint64_t total = 0;
  for (const auto& run : repair.runs) {
    if (run.size() > body.size() - total) return bad("size");
    total += run.size();
  }
  if (total != body.size()) return bad("size");
  if (to_hex(Sha256().update(body).finish()) != get_string(*object, "sha256")) return bad("sha256");
  repair.bytes = {reinterpret_cast<const std::uint8_t*>(body.data()), body.size()};
  return repair;
}

std::vector<ByteRun> first_runs(const GapList& gaps) {
  std::vector<ByteRun> out;
  std::uint64_t left = kRepairBytes;
  for (const auto& run : gaps.runs) {
    if (run.size() > left) {
      // A symbol is at most 64 KiB, and where one begins only the asking station knows: what is cut off of
      // the last symbol is skipped there.
      if (left > 0) out.push_back({run.first, run.first + left - 1});
      break;
    }
    out.push_back(run);
    left -= run.size();
  }
  return out;
}

}  // namespace edu::receiver
