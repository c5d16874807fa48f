// The quarantine: where refused files go, each with the reason beside it. How long they stay is
// quarantine_keep.h's part.
//
//   quarantine/<no>-<name>                  the file, link or FIFO itself
//   quarantine/<no>-<name>.head             its first 64 KiB, where it came by multicast and is larger
//   quarantine/<no>-<name>.reason.json      {no, name, means, source, size, sha256, received,
//                                           received_ms, reason: {code,
//                                           args, zh, en}}
//   quarantine/<no>-<name>.manifest.json    its manifest, where it had one, and its signature (….minisig)
#pragma once

#include <string>

#include "base/files.h"
#include "base/time.h"
#include "calendar/zone.h"
#include "library/object_store.h"
#include "logs/journal/events.h"
#include "receiver/trust/file_signature.h"
#include "receiver/trust/manifest_file.h"

namespace edu::receiver {

// The name of a file as one that any file system takes and any terminal shows: UTF-8, one line, at most 200
// bytes, no separators, not hidden.
std::string safe_name(std::string_view name);
// "quarantine/12-name.mp4": where reception `no` puts what it refuses, below the data folder.
std::string quarantine_place(std::int64_t no, std::string_view name, bool head_only = false);
// Anybody can send by multicast, and its carousel brings the file again: only its first 64 KiB are kept.
bool is_kept_in_part(const logs::ReceptionRecorded& record);

struct Refused {
  fs::path path;
  FileSignature signature;  // as it was looked at: another file at this path is left alone
  const logs::ReceptionRecorded* record;
  const Description* description = nullptr;  // none: it had no manifest
};

// Moves what was refused, the reason first and the manifest last (without it the media might be stored after
// all, if it is taken again). Another file that has come to its path meanwhile stays there. Blocking.
// Throws std::system_error when it cannot; the file is then where it was.
void put_into_quarantine(Files& files, library::ObjectStore& store, const Zone& zone, const Refused& refused);

}  // namespace edu::receiver
