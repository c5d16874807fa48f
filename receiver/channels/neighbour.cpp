#include "receiver/channels/neighbour.h"

#include <fcntl.h>

#include "base/fd.h"
#include "base/md5.h"
#include "library/courses.h"

namespace edu::receiver {
namespace {

std::string md5_of(const fs::path& file) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  Md5 md5;
  std::vector<std::uint8_t> chunk(256 << 10);
  while (fd) {
    const auto got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got <= 0) break;
    md5.update(std::span(chunk).first(static_cast<std::size_t>(got)));
  }
  return to_hex(md5.finish());
}

// The file that the gaps are of.
std::optional<fs::path> find_whole(Database& database, const library::ObjectStore& store,
                                   const GapList& gaps) {
  for (const auto& one : library::list(database)) {
    if (one.size != static_cast<std::int64_t>(gaps.length) || !store.holds(one.sha256)) continue;
    const auto path = store.path(one.sha256);
    if (gaps.sha256.empty() ? !gaps.md5.empty() && md5_of(path) == gaps.md5 : gaps.sha256 == one.sha256)
      return path;
  }
  return std::nullopt;
}

}  // namespace

Result<GapList> gap_list(const multicast::Gaps& gaps, std::int64_t no) {
  if (gaps.compressed || gaps.rearranged)
    return refuse("receiver.gaps_compressed", {{"no", std::to_string(no)}}, Refusal::Kind::conflict);
  GapList list;
  list.key = to_hex(gaps.key);
  list.name = gaps.name;
  list.md5 = gaps.md5 ? to_hex(*gaps.md5) : "";
  list.sha256 = gaps.sha256;
  list.length = gaps.length;
  for (const auto& run : gaps.runs) list.runs.push_back({run.first, run.last});
  return list;
}

Result<std::string> repair_for(Database& database, const library::ObjectStore& store, const GapList& gaps) {
  const auto path = find_whole(database, store, gaps);
  if (!path) return refuse("receiver.not_here", {{"name", gaps.name}}, Refusal::Kind::not_found);
  const Fd fd(::open(path->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  const auto runs = first_runs(gaps);
  std::string bytes;
  for (const auto& run : runs) {
    const auto at = bytes.size();
    bytes.resize(at + run.size());
    read_at(fd, run.first, {reinterpret_cast<std::uint8_t*>(bytes.data()) + at, run.size()}, *path);
  }
  return repair_header(gaps, runs, bytes) + bytes;
}

awaitable<Result<std::size_t>> apply(MulticastSource& channels, const Repair& repair) {
  const auto key = digest_from_hex(repair.key);
  auto left = repair.bytes;
  bool taken = true;
  for (const auto& run : repair.runs) {
    const auto piece = left.first(run.size());
    left = left.subspan(run.size());
    std::vector<std::uint8_t> bytes(piece.begin(), piece.end());
    taken = co_await channels.fill(*key, run.first, std::move(bytes)) && taken;
  }
  if (!taken) co_return refuse("receiver.repair_strange", {}, Refusal::Kind::conflict);
  co_return repair.bytes.size();
}

}  // namespace edu::receiver
