#include "receiver/intake/quarantine.h"

#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>

#include "base/json.h"
#include "base/messages.h"
#include "base/text.h"

namespace edu::receiver {
namespace {

constexpr std::size_t kLongestSafeName = 200;  // bytes; with number and endings it stays below 255
constexpr std::size_t kHead = 64 << 10;        // bytes that are kept of what came by multicast

json::object reason_of(const logs::ReceptionRecorded& record, const Zone& zone) {
  const Refusal refusal{record.reason_code, record.reason_args};
  json::object args;
  for (const auto& [name, value] : record.reason_args) args[name] = value;
  json::object reason;
  reason["code"] = record.reason_code;
  reason["args"] = std::move(args);
  reason["zh"] = text(Language::zh, refusal);
  reason["en"] = text(Language::en, refusal);
  json::object out;
  out["no"] = record.no;
  out["name"] = record.name;
  out["means"] = record.means;
  out["source"] = record.source;
  out["size"] = record.size;
  out["sha256"] = record.sha256;
  out["received_ms"] = record.ended_ms;
  out["received"] = zone.iso8601(from_ms(record.ended_ms));
  out["reason"] = std::move(reason);
  return out;
}

[[noreturn]] void fail(std::errc error, const fs::path& path) {
  throw std::system_error(std::make_error_code(error), path.string());
}

// Across file systems a move is a copy: of regular files alone, and only where the reserve allows it.
void move_in(Files& files, library::ObjectStore& store, const fs::path& from, const FileSignature& signature,
             const fs::path& to) {
  if (signature_of(to)) fail(std::errc::file_exists, to);
  const auto folder = signature_of(store.quarantine());
  if (!folder || folder->device != signature.device) {
    if (!signature.regular()) fail(std::errc::cross_device_link, from);
    if (!store.room_for(signature.size)) fail(std::errc::no_space_on_device, to);
  }
  move_durably(files, from, to);
}

void keep_head(Files& files, const fs::path& from, const fs::path& to) {
  if (signature_of(to)) fail(std::errc::file_exists, to);
  const Fd fd(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) throw std::system_error(errno, std::generic_category(), "open " + from.string());
  std::string head(kHead, '\0');
  read_at(fd, 0, {reinterpret_cast<std::uint8_t*>(head.data()), head.size()}, from);
  publish(files, to, head);
  files.remove(from);
  files.sync_folder(from.parent_path());
}

// One that is about several files stays where it is, and a copy goes.
void take_manifest_along(Files& files, library::ObjectStore& store, const Description& description,
                         const fs::path& to) {
  if (description.manifest.empty()) {
    if (!description.bytes.empty()) publish(files, to, description.bytes);
    if (!description.signature.empty()) publish(files, signature_beside(to), description.signature);
  } else if (!description.part.empty()) {
    publish(files, to, description.bytes);
    if (const auto signature = read_signature(description.manifest); !signature.empty())
      publish(files, signature_beside(to), signature);
    give_up(files, description);
  } else if (const auto signature = signature_of(description.manifest)) {
    if (const auto signed_too = signature_of(signature_beside(description.manifest)))
      move_in(files, store, signature_beside(description.manifest), *signed_too, signature_beside(to));
    move_in(files, store, description.manifest, *signature, to);
  }
}

}  // namespace

std::string safe_name(std::string_view name) {
  auto safe = one_line(to_utf8(name));
  for (char& c : safe)
    if (c == '/' || c == '\\') c = '_';
  safe.erase(0, safe.find_first_not_of(". "));
  safe = std::string(truncate_utf8(safe, kLongestSafeName));
  return safe.empty() ? "file" : safe;
}

std::string quarantine_place(std::int64_t no, std::string_view name, bool head_only) {
  return fmt::format("quarantine/{}-{}{}", no, safe_name(name), head_only ? ".head" : "");
}

bool is_kept_in_part(const logs::ReceptionRecorded& record) {
  return record.means == "multicast" && record.size > static_cast<std::int64_t>(kHead);
}

void put_into_quarantine(Files& files, library::ObjectStore& store, const Zone& zone,
                         const Refused& refused) {
  const auto target = store.quarantine() / fs::path(refused.record->quarantine).filename();
  const auto beside = [&](std::string_view ending) { return fs::path(target).concat(ending); };
  if (signature_of(refused.path) != refused.signature) return;
  publish(files, beside(".reason.json"), json::serialize(reason_of(*refused.record, zone)) + "\n");
  if (is_kept_in_part(*refused.record) && refused.signature.regular())
    keep_head(files, refused.path, target);
  else
    move_in(files, store, refused.path, refused.signature, target);
  if (refused.description) take_manifest_along(files, store, *refused.description, beside(kManifestEnding));
}

}  // namespace edu::receiver
