#include "receiver/intake/quarantine.h"

#include <system_error>

#include <fmt/format.h>

#include "base/json.h"
#include "base/messages.h"
#include "base/text.h"

namespace edu::receiver {
namespace {

constexpr std::size_t kLongestSafeName = 200;  // bytes; with number and endings it stays below 255

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
  out["sha256"] = record.sha256;
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

std::string quarantine_place(std::int64_t no, std::string_view name) {
  return fmt::format("quarantine/{}-{}", no, safe_name(name));
}

void put_into_quarantine(Files& files, library::ObjectStore& store, const Zone& zone,
                         const Refused& refused) {
  const auto target = store.quarantine() / fs::path(refused.record->quarantine).filename();
  const auto beside = [&](std::string_view ending) { return fs::path(target).concat(ending); };
  if (signature_of(refused.path) != refused.signature) return;
  publish(files, beside(".reason.json"), json::serialize(reason_of(*refused.record, zone)) + "\n");
  move_in(files, store, refused.path, refused.signature, target);
  if (refused.description) take_manifest_along(files, store, *refused.description, beside(kManifestEnding));
}

}  // namespace edu::receiver
