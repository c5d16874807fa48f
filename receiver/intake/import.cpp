#include "receiver/intake/import.h"

#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

#include "base/path_text.h"
#include "receiver/trust/file_signature.h"

namespace edu::receiver {
namespace {

// At most `most` bytes and one, so that more of them are noticed; nothing where it cannot be read.
std::string bytes_of(const std::shared_ptr<Fd>& opened, std::size_t most) {
  if (!opened || !is_regular(*opened)) return "";
  std::string bytes(most + 1, '\0');
  const auto got = ::pread(opened->get(), bytes.data(), bytes.size(), 0);
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return bytes;
}

std::optional<Description> described_by(const fs::path& path, const Opened& opened) {
  if (!opened.manifest) return std::nullopt;
  const auto bytes = bytes_of(opened.manifest, kManifestLimit);
  const std::span span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  const ManifestFile manifest{sidecar_of(path), bytes, parse_manifest(span)};
  auto description = describe(manifest, path);
  if (!description) return std::nullopt;  // it speaks of other files
  description->manifest.clear();          // never looked for with this process's rights
  description->signature = bytes_of(opened.signature, kSignatureLimit);
  return description;
}

Result<Arrival> look_at(const fs::path& path, const std::string& by, const Opened& opened) {
  std::error_code error;
  Arrival arrival;
  arrival.path = path;
  arrival.only_media = opened.only_media;
  if (opened.file) {
    arrival.opened = opened.file;
    arrival.description = described_by(path, opened);
    arrival.origin.means = "import";
    arrival.origin.source = path.parent_path().string();
    arrival.origin.receiver = by;
    return arrival;
  }
  const auto status = fs::symlink_status(path, error);
  const auto shown = path_text(path);
  if (!fs::exists(status)) return refuse("receiver.no_file", {{"path", shown}}, Refusal::Kind::not_found);
  if (fs::is_regular_file(status) && open_for_writing(path))
    return refuse("receiver.being_written", {{"path", shown}}, Refusal::Kind::conflict);
  arrival.origin.means = "import";
  arrival.origin.source = path.parent_path().string();
  arrival.origin.receiver = by;
  if (fs::exists(fs::symlink_status(sidecar_of(path), error)))
    arrival.description = describe(read_manifest(sidecar_of(path)), path);
  return arrival;
}

}  // namespace

bool is_regular(const Fd& opened) {
  struct stat info {};
  return ::fstat(opened.get(), &info) == 0 && S_ISREG(info.st_mode);
}

bool is_same(const Fd& opened, const fs::path& path) {
  struct stat ours {
  }, theirs{};
  return ::fstat(opened.get(), &theirs) == 0 && ::stat(path.c_str(), &ours) == 0 &&
         ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

awaitable<Result<Reception>> import_file(Intake& intake, Workers& workers, fs::path path, std::string by,
                                         Policy trust, Opened opened) {
  if (!path.is_absolute()) co_return refuse("receiver.path_not_absolute");
  auto look = [path, by, opened] { return look_at(path, by, opened); };
  auto arrival = co_await workers.run(std::move(look));
  if (!arrival) co_return Unexpected(arrival.error());
  arrival->trust = trust;
  co_return co_await intake.take(*std::move(arrival));
}

}  // namespace edu::receiver
