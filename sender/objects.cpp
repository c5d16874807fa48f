// fs calls throw: main
#include "sender/objects.h"

#include <algorithm>
#include <map>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/md5.h"
#include "base/text.h"

namespace edu::send {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostObjects = 65'535;  // TOIs of 16 bits: the smallest header
constexpr std::size_t kPiece = 1 << 20;       // bytes read at a time

struct Found {
  fs::path path, relative;
};

bool is_hidden(const fs::path& path) { return path.filename().native().starts_with('.'); }

// Manifests and signatures before media.
int rank(const fs::path& path) {
  const auto name = ascii_lower(path.filename().native());
  if (name.ends_with(".manifest.json")) return 0;
  return name.ends_with(".minisig") ? 1 : 2;
}

void add_folder(const fs::path& folder, std::vector<Found>& out) {
  for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::recursive_directory_iterator();
       ++entry) {
    if (is_hidden(entry->path())) {
      if (entry->is_directory()) entry.disable_recursion_pending();
    } else if (entry->is_regular_file() && !entry->is_symlink()) {
      out.push_back({entry->path(), entry->path().lexically_relative(folder)});
    }
  }
}

std::string type_of(const fs::path& path) {
  static const std::map<std::string, std::string, std::less<>> kTypes{
      {".mp4", "video/mp4"},         {".m4v", "video/mp4"},        {".ts", "video/mp2t"},
      {".mpg", "video/mpeg"},        {".mkv", "video/x-matroska"}, {".webm", "video/webm"},
      {".mp3", "audio/mpeg"},        {".m4a", "audio/mp4"},        {".ogg", "audio/ogg"},
      {".json", "application/json"}, {".pdf", "application/pdf"},  {".minisig", "text/plain"},
      {".txt", "text/plain"},        {".jpg", "image/jpeg"},       {".png", "image/png"}};
  const auto found = kTypes.find(ascii_lower(path.extension().native()));
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

Unexpected unreadable(const fs::path& path, int error) {
  return refuse("send.unreadable",
                {{"path", path.string()}, {"what", std::generic_category().message(error)}});
}

std::int64_t modified_ns(const struct stat& facts) {
  return facts.st_mtim.tv_sec * std::int64_t{1'000'000'000} + facts.st_mtim.tv_nsec;
}

Result<Object> open_object(const Found& found, std::uint64_t toi) {
  Object object;
  object.path = found.path;
  object.fd.reset(::open(found.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat facts {};
  if (!object.fd || ::fstat(object.fd.get(), &facts) != 0) return unreadable(found.path, errno);
  object.modified_ns = modified_ns(facts);
  object.file.toi.low = toi;
  object.file.location = location_of(found.relative);
  object.file.content_type = type_of(found.path);
  object.file.content_length = object.file.transfer_length = static_cast<std::uint64_t>(facts.st_size);
  return object;
}

Result<std::vector<Found>> find_files(const Settings& settings) {
  std::vector<Found> found;
  for (const auto& input : settings.inputs) {
    std::error_code error;
    if (fs::is_directory(input, error))
      add_folder(input, found);
    else if (fs::is_regular_file(input, error))
      found.push_back({input, input.filename()});
    else
      return refuse("send.no_input", {{"path", input.string()}}, Refusal::Kind::not_found);
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return std::pair(rank(a.relative), a.relative) < std::pair(rank(b.relative), b.relative);
  });
  return found;
}

}  // namespace

std::string location_of(const fs::path& relative) {
  constexpr std::string_view kPlain = "-._~/!$&'()*+,;=@";  // and letters and digits
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : to_utf8(relative.generic_string())) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       kPlain.find(c) != kPlain.npos;
    if (plain)
      out += c;
    else
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
  }
  return out;
}

Result<std::vector<Object>> find_objects(const Settings& settings) {
  const auto found = find_files(settings);
  if (!found) return tl::unexpected(found.error());
  if (found->empty()) return refuse("send.nothing");
  if (found->size() > kMostObjects) return refuse("send.too_many", {{"most", std::to_string(kMostObjects)}});
  std::vector<Object> objects;
  for (const auto& one : *found) {
    auto object = open_object(one, objects.size() + 1);
    if (!object) return tl::unexpected(object.error());
    objects.push_back(std::move(*object));
  }
  return objects;
}

Result<void> add_md5(std::vector<Object>& objects) {
  std::vector<std::uint8_t> piece(kPiece);
  for (auto& object : objects) {
    Md5 md5;
    for (std::uint64_t at = 0; at < *object.file.content_length; at += kPiece) {
      const auto bytes =
          std::span(piece).first(std::min<std::uint64_t>(kPiece, *object.file.content_length - at));
      try {
        read_at(object, at, bytes);
      } catch (const std::system_error& error) {
        return unreadable(object.path, error.code().value());
      }
      md5.update(bytes);
    }
    object.file.md5 = md5.finish();
  }
  return {};
}

bool has_changed(const Object& object) {
  struct stat facts {};
  return ::fstat(object.fd.get(), &facts) != 0 || modified_ns(facts) != object.modified_ns ||
         static_cast<std::uint64_t>(facts.st_size) != object.file.content_length;
}

void read_at(const Object& object, std::uint64_t offset, std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto got =
        ::pread(object.fd.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::system_error(errno, std::generic_category(), object.path.string());
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(done), out.end(), 0);
}

}  // namespace edu::send
