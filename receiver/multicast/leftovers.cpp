#include "receiver/multicast/leftovers.h"

#include <map>
#include <system_error>

#include <sys/stat.h>

#include "base/json.h"
#include "receiver/multicast/partial_file.h"

namespace edu::multicast {
namespace {

constexpr std::size_t kLargestAbout = 4096;                                            // bytes
constexpr const char* kEndings[] = {".part", ".map", ".spool", ".part.out", ".json"};  // .json goes last

std::optional<WallTime> written(const fs::path& file) {
  struct stat info {};
  if (::lstat(file.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return from_ms(info.st_mtim.tv_sec * 1000 + info.st_mtim.tv_nsec / 1'000'000);
}

}  // namespace

void write_about(Files& files, const fs::path& stem, const About& about) {
  json::object out;
  out["name"] = about.name;
  out["session"] = about.session;
  out["started"] = to_ms(about.started);
  out["bytes"] = static_cast<std::int64_t>(about.bytes);
  out["received"] = static_cast<std::int64_t>(about.received);
  const auto text = json::serialize(out);
  const auto place = with_ending(stem, ".json"), working = with_ending(stem, ".json.new");
  files.remove(working);
  const auto fd = files.create(working);
  files.write(fd, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, working);
  files.rename(working, place);
}

std::optional<About> read_about(const fs::path& stem) {
  std::string text;
  try {
    text = read_file(with_ending(stem, ".json"), kLargestAbout);
  } catch (const std::system_error&) {
    return std::nullopt;
  }
  const auto value = parse_json(text);
  const auto* object = value ? value->if_object() : nullptr;
  if (!object || get_string(*object, "name").empty()) return std::nullopt;
  About about;
  about.name = get_string(*object, "name");
  about.session = get_string(*object, "session");
  about.started = from_ms(get_int(*object, "started"));
  about.bytes = static_cast<std::uint64_t>(get_int(*object, "bytes"));
  about.received = static_cast<std::uint64_t>(get_int(*object, "received"));
  return about;
}

std::vector<fs::path> left_since(const fs::path& folder, WallTime oldest) {
  std::map<std::string, WallTime> newest;
  for (const auto& entry : fs::directory_iterator(folder)) {  // throws: Channel's give_up_left
    const auto time = written(entry.path());
    if (!time) continue;
    const auto name = entry.path().filename().string();
    auto& known = newest.try_emplace(name.substr(0, name.find('.')), *time).first->second;
    known = std::max(known, *time);
  }
  std::vector<fs::path> out;
  for (const auto& [stem, time] : newest)
    if (time < oldest) out.push_back(folder / stem);
  return out;
}

void remove_leftover(Files& files, const fs::path& stem) {
  for (const auto* ending : kEndings) files.remove(with_ending(stem, ending));
  files.remove(with_ending(stem, ".json.new"));
}

}  // namespace edu::multicast
