#include "receiver/catalogue/spool_file.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/json.h"
#include "base/text.h"
#include "receiver/catalogue/document.h"
#include "receiver/catalogue/listing.h"

namespace edu::catalogue {
namespace {

constexpr std::size_t kChunk = 1 << 20;
constexpr std::size_t kLargestDescription = 64 << 10;  // bytes
constexpr std::size_t kBeginning = 4096;               // bytes of a file that are looked at as they come
constexpr std::size_t kEnough = 200;                   // of them to know media by
constexpr std::string_view kPart = ".part", kJson = ".json";

[[noreturn]] void fail(const char* operation, const fs::path& path) {
  throw std::system_error(errno, std::generic_category(), std::string(operation) + " " + path.string());
}

bool is_full(const std::system_error& error) {
  return error.code() == std::errc::no_space_on_device || error.code().value() == EDQUOT;
}

bool weakly_same(std::string_view one, std::string_view other) {
  if (one.starts_with("W/")) one.remove_prefix(2);
  if (other.starts_with("W/")) other.remove_prefix(2);
  return one == other;
}

}  // namespace

// Servers of one site may each have an ETag of their own for a file: a date of change and a length that are
// both the same weigh more.
bool same_file(const FileVersion& before, const Response& now, bool published) {
  if (before.length != 0 && now.length && before.length != *now.length) return false;
  const bool length_told = before.length != 0 && now.length;
  if (!before.modified.empty() && before.modified == now.modified && length_told) return true;
  if (!before.etag.empty() && !now.etag.empty()) return weakly_same(before.etag, now.etag);
  if (!before.modified.empty() && !now.modified.empty()) return before.modified == now.modified;
  return published;
}

SpoolFile::SpoolFile(Files& files, fs::path folder, const std::string& id, std::string sha256, Room room)
    : files_(files),
      path_(folder / (id + std::string(kPart))),
      description_(folder / (id + std::string(kJson))),
      sha256_(std::move(sha256)),
      room_(std::move(room)) {
  files_.make_folder(folder);
  fd_.reset(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!fd_) fail("open", path_);
  restore();
}

SpoolFile::~SpoolFile() {
  if (!fd_) return;
  try {
    save();
  } catch (const std::exception& error) {
    spdlog::warn("catalogue: {}", error.what());
  }
}

// Goes on with what the description vouches for; anything else is dropped.
void SpoolFile::restore() {
  std::uint64_t synced = 0;
  try {
    const auto value = parse_json(read_file(description_, kLargestDescription));
    if (value && value->is_object() && get_string(value->get_object(), "sha256") == sha256_) {
      const auto& object = value->get_object();
      url_ = get_string(object, "url");
      etag_ = get_string(object, "etag");
      modified_ = get_string(object, "modified");
      whole_ = object.contains("whole") && object.at("whole") == json::value(true);
      synced = static_cast<std::uint64_t>(std::max<std::int64_t>(0, get_int(object, "synced")));
    }
  } catch (const std::system_error&) {
    synced = 0;  // none, or unreadable
  }
  if (synced > fs::file_size(path_)) synced = 0;  // throws: Download's on_disk
  whole_ = whole_ && synced != 0;
  truncate(synced);
  rehash(synced);
  resumed_ = size_ != 0;
}

void SpoolFile::truncate(std::uint64_t size) {
  if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) fail("truncate", path_);
  if (::lseek(fd_.get(), 0, SEEK_SET) != 0) fail("seek", path_);
}

void SpoolFile::rehash(std::uint64_t synced) {
  std::vector<std::uint8_t> chunk(kChunk);
  hash_ = Sha256();
  size_ = 0;
  while (size_ < synced) {
    const auto got = ::read(fd_.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) fail("read", path_);
    hash_.update(std::span(chunk.data(), static_cast<std::size_t>(got)));
    size_ += static_cast<std::uint64_t>(got);
  }
  synced_ = size_;
}

void SpoolFile::expect_other_than(FileVersion version, bool published) {
  before_ = std::move(version);
  published_ = published;
}

// An address may hold a word that is another one each time: the file's version decides.
void SpoolFile::ask_for_rest(Request& request) {
  asked_ = request.url;
  const bool strong = !etag_.empty() && !etag_.starts_with("W/");
  const bool same_server = shown_url(url_) == shown_url(request.url) && (strong || !modified_.empty());
  if (size_ != 0 && sha256_.empty() && !same_server) start_again();
  if (size_ == 0) {
    if (before_) request.etag = before_->etag, request.modified = before_->modified;
    return;
  }
  request.from = size_;
  if (same_server) request.if_range = strong ? etag_ : modified_;
}

Result<void> SpoolFile::begin(const Response& head) {
  if (before_ && size_ == 0 && same_file(*before_, head, published_)) return refuse("catalogue.unchanged");
  if (head.from != size_ && size_ != 0 && ascii_lower(head.type).starts_with("text/html"))
    return Unexpected(refusal_of_page("", host_of(asked_)));  // what has come is worth more than a page
  if (head.from != size_)
    start_again();  // the server sends all of it: it has another version, or no ranges
  else if (size_ != 0)
    resumed_ = true;
  url_ = asked_;
  etag_ = head.encoded ? "" : head.etag;  // what is packed on the way cannot be gone on with
  modified_ = head.encoded ? "" : head.modified;
  expected_ = head.length.value_or(0);
  if (expected_ > size_)
    if (auto room = room_(expected_ - size_); !room) return room;
  return {};
}

// Whoever wants a log-in, or has lost the file, may answer with a page and status 200.
Result<void> SpoolFile::look_at_beginning(std::span<const std::uint8_t> bytes) {
  if (size_ != beginning_.size() || beginning_.size() >= kBeginning) return {};
  const auto more = bytes.first(std::min(bytes.size(), kBeginning - beginning_.size()));
  beginning_.append(reinterpret_cast<const char*>(more.data()), more.size());
  const auto host = host_of(asked_);
  std::optional<Refusal> refusal;
  if (is_page(beginning_))
    refusal = refusal_of_page(to_utf8(beginning_), host);
  else if (doubtful_ && beginning_.size() >= kEnough && !begins_as_media(beginning_))
    refusal = Refusal{"catalogue.no_media", {{"host", host}}, {}};
  if (!refusal) return {};
  start_again();
  return Unexpected(*refusal);
}

Result<void> SpoolFile::take(std::span<const std::uint8_t> bytes) {
  try {
    if (auto fits = look_at_beginning(bytes); !fits) return fits;
    files_.write(fd_, bytes, path_);
    hash_.update(bytes);
    size_ += bytes.size();
    if (size_ - synced_ < kSyncEvery) return {};
    if (auto room = room_(kSyncEvery); !room) return room;
    save();
  } catch (const std::system_error& error) {
    roll_back();
    if (!is_full(error)) throw;
    if (auto room = room_(UINT64_MAX / 2); !room) return room;
    throw;
  }
  return {};
}

// After a failure nobody knows what of it is in the file: what was synced before is, and no more.
void SpoolFile::roll_back() {
  truncate(synced_);
  rehash(synced_);
}

void SpoolFile::sync() {
  try {
    files_.sync(fd_, path_);
  } catch (const std::system_error&) {
    roll_back();  // a second try would be told that all is well
    throw;
  }
  synced_ = size_;
}

void SpoolFile::save() {
  if (size_ == synced_) return;
  sync();
  describe();
}

void SpoolFile::describe() {
  json::object object;
  object["url"] = url_;
  object["etag"] = etag_;
  object["modified"] = modified_;
  object["sha256"] = sha256_;
  object["synced"] = synced_;
  object["whole"] = whole_;
  publish(files_, description_, json::serialize(object));
}

const Digest& SpoolFile::finish() {
  if (!whole_) {
    sync();
    whole_ = true;
    describe();
  }
  if (!digest_) digest_ = hash_.finish();
  return *digest_;
}

void SpoolFile::start_again() {
  truncate(0);
  hash_ = Sha256();
  digest_.reset();
  size_ = synced_ = 0;
  resumed_ = whole_ = false;
  url_.clear(), etag_.clear(), modified_.clear(), beginning_.clear();
  describe();
}

void SpoolFile::remove() {
  fd_.reset();
  files_.remove(path_);
  files_.remove(description_);
}

void SpoolFile::sweep(Files& files, const fs::path& folder,
                      const std::function<bool(const std::string&)>& known) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const auto& path = at->path();
    const auto ending = path.extension().string();
    const bool ours = (ending == kPart || ending == kJson) && known(path.stem().string());
    std::error_code unknown;
    if (!ours && !fs::is_directory(path, unknown) && !unknown) files.remove(path);
  }
}

}  // namespace edu::catalogue
