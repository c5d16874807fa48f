// Bytes of received files come in, in chunks, from workers; whole objects under the name of their digest
// leave.
//
// The reserve holds against several files at once: each announces its size before its first byte, and every
// chunk looks at the file system again, because others write there too.
//
// fs calls throw: whoever calls, as the header says (std::system_error)
#include "library/object_store.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/random.h"
#include "library/courses.h"

namespace edu::library {
namespace {

constexpr std::string_view kPosterEnding = ".jpg";
constexpr std::size_t kHexDigits = 64;

bool disk_is_full(const std::system_error& error) {
  return error.code() == std::errc::no_space_on_device || error.code().value() == EDQUOT;
}

bool is_digest(std::string_view name) {
  return name.size() == kHexDigits && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_there(const fs::path& path) { return fs::exists(fs::symlink_status(path)); }

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

}  // namespace

Staged::Staged(ObjectStore& store, fs::path path, std::uint64_t promised)
    : store_(&store), path_(std::move(path)), promised_(promised) {}

Staged::Staged(Staged&& other) noexcept
    : store_(std::exchange(other.store_, nullptr)),
      path_(std::move(other.path_)),
      fd_(std::move(other.fd_)),
      hash_(std::move(other.hash_)),
      digest_(other.digest_),
      size_(other.size_),
      promised_(std::exchange(other.promised_, 0)) {}

Staged::~Staged() {
  if (!store_) return;
  keep_promise(promised_);
  if (path_.empty()) return;
  try {
    store_->files_.remove(path_);
  } catch (const std::exception& error) {
    spdlog::warn("library: {}; the next start removes it", error.what());
  }
}

void Staged::keep_promise(std::uint64_t bytes) noexcept {
  bytes = std::min(bytes, promised_);
  promised_ -= bytes;
  store_->promised_ -= bytes;
}

Result<void> Staged::write(std::span<const std::uint8_t> bytes) {
  if (auto room = store_->room_for(bytes.size()); !room) return room;
  try {
    store_->files_.write(fd_, bytes, path_);
  } catch (const std::system_error& error) {
    if (disk_is_full(error)) return Unexpected(store_->no_space(bytes.size()));
    throw;
  }
  hash_.update(bytes);
  size_ += bytes.size();
  keep_promise(bytes.size());
  return {};
}

const Digest& Staged::finish() {
  if (!digest_) digest_ = hash_.finish();
  return *digest_;
}

ObjectStore::ObjectStore(Files& files, fs::path data_folder, Reserve reserve)
    : files_(files),
      objects_(data_folder / "objects"),
      staging_(objects_ / "staging"),
      quarantine_(data_folder / "quarantine"),
      reserve_(reserve) {
  // A disk that fails now does not keep the station from playing what is there.
  try {
    files_.make_folder(staging_);
    files_.make_folder(quarantine_);
    files_.sync_folder(objects_);
    files_.sync_folder(data_folder);
  } catch (const std::system_error& error) {
    spdlog::error("library: {}", error.what());
  }
}

std::uint64_t ObjectStore::free_for_us() {
  const auto space = files_.space(objects_);
  const auto reserve = std::max(space.total / 100 * reserve_.percent, reserve_.bytes);
  // A file system that can hold few more files is as full as one without room for bytes.
  if (space.files > 0 && space.files_available <= space.files / 100 * reserve_.percent) return 0;
  return space.available > reserve ? space.available - reserve : 0;
}

Refusal ObjectStore::no_space(std::uint64_t needed) {
  return {"library.no_space",
          {{"needed", size_text(needed)}, {"available", size_text(free_for_us())}},
          Refusal::Kind::no_space};
}

Result<void> ObjectStore::room_for(std::uint64_t bytes) {
  if (bytes <= free_for_us()) return {};
  return Unexpected(no_space(bytes));
}

Result<Staged> ObjectStore::stage(std::uint64_t declared) {
  // Announced first and checked afterwards, so that of two at the same time none overlooks the other.
  const auto announced = promised_ += declared;
  Staged staged(*this, fs::path(), declared);
  if (announced > free_for_us()) return Unexpected(no_space(declared));
  const auto path = staging_ / random_id();
  try {
    staged.fd_ = files_.create(path);
  } catch (const std::system_error& error) {
    if (disk_is_full(error)) return Unexpected(no_space(declared));
    throw;
  }
  staged.path_ = path;
  return staged;
}

std::optional<Staged> ObjectStore::stage_link(const fs::path& file, const Digest& digest,
                                              std::uint64_t size) {
  const auto path = staging_ / random_id();
  try {
    files_.link(file, path);
  } catch (const std::system_error& error) {
    const auto no_links = {EPERM, EXDEV, EMLINK, EOPNOTSUPP, ENOSYS};
    if (std::ranges::find(no_links, error.code().value()) == no_links.end()) throw;
    return std::nullopt;
  }
  Staged staged(*this, path, 0);
  staged.fd_ = files_.open_existing(path);
  staged.digest_ = digest;
  staged.size_ = size;
  return staged;
}

fs::path ObjectStore::path(const std::string& sha256) const {
  return objects_ / sha256.substr(0, 2) / sha256;
}

fs::path ObjectStore::poster_path(const std::string& sha256) const {
  return path(sha256).concat(kPosterEnding);
}

bool ObjectStore::holds(const std::string& sha256) const {
  std::error_code error;
  const auto object = path(sha256);
  return fs::is_regular_file(fs::symlink_status(object, error)) && ::access(object.c_str(), R_OK) == 0;
}

bool ObjectStore::lacks(const std::string& sha256) const {
  std::error_code error;
  const auto object = path(sha256);
  const auto status = fs::symlink_status(object, error);
  if (status.type() == fs::file_type::none) return false;  // the disk does not answer
  return !fs::is_regular_file(status) || (::access(object.c_str(), R_OK) != 0 && errno == EACCES);
}

Result<void> ObjectStore::publish(Staged staged) {
  const auto target = path(to_hex(staged.finish()));
  try {
    files_.sync(staged.fd_, staged.path_);
    files_.make_folder(target.parent_path());
    files_.sync_folder(objects_);  // the folder's own name, if it is new
    files_.rename(staged.path_, target);
    staged.path_.clear();
    files_.sync_folder(target.parent_path());
  } catch (const std::system_error& error) {
    if (disk_is_full(error)) return Unexpected(no_space(staged.size()));
    throw;
  }
  return {};
}

Result<void> ObjectStore::publish_poster(const std::string& sha256, std::string_view jpeg) {
  if (auto room = room_for(jpeg.size()); !room) return room;
  const auto target = poster_path(sha256);
  try {
    files_.make_folder(target.parent_path());
    files_.sync_folder(objects_);
    edu::publish(files_, target, jpeg);
  } catch (const std::system_error& error) {
    if (disk_is_full(error)) return Unexpected(no_space(jpeg.size()));
    throw;
  }
  return {};
}

void ObjectStore::remove(const std::string& sha256) {
  files_.remove(poster_path(sha256));
  files_.remove(path(sha256));
  if (is_there(path(sha256).parent_path())) files_.sync_folder(path(sha256).parent_path());
}

std::int64_t ObjectStore::clear_staging() {
  std::int64_t removed = 0;
  for (const auto& file : entries(staging_)) {
    if (fs::is_directory(fs::symlink_status(file))) continue;  // not ours
    files_.remove(file);
    ++removed;
  }
  return removed;
}

void ObjectStore::adopt(const fs::path& object) {
  const auto target = quarantine_ / ("object-" + object.filename().string());
  move_durably(files_, object, target);
  spdlog::warn("library: object {} has no row; moved to {}", object.filename().string(), target.string());
}

void ObjectStore::sweep_shard(const fs::path& shard, const std::set<std::string>& held,
                              const std::set<std::string>& removed, Swept& swept) {
  for (const auto& file : entries(shard)) {
    const auto name = file.filename().string();
    const auto digest = name.substr(0, kHexDigits);
    const auto ending = name.substr(digest.size());
    if (!is_digest(digest) || (held.contains(digest) && (ending.empty() || ending == kPosterEnding)))
      continue;
    if (!ending.empty()) {
      files_.remove(file);  // half a poster, or one without its courseware: it can be made again
    } else if (removed.contains(digest)) {
      files_.remove(file);
      ++swept.removals;
    } else {
      adopt(file);
      ++swept.orphans;
    }
  }
}

ObjectStore::Swept ObjectStore::sweep(const std::set<std::string>& held,
                                      const std::set<std::string>& removed) {
  Swept swept;
  swept.unfinished = clear_staging();
  for (const auto& shard : entries(objects_))
    if (shard != staging_ && fs::is_directory(fs::symlink_status(shard)))
      sweep_shard(shard, held, removed, swept);
  for (const auto& digest : held)
    if (lacks(digest)) swept.missing.push_back(digest);
  return swept;
}

}  // namespace edu::library
