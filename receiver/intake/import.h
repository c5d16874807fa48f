// A file that a person names: `edustation library import PATH`. It stays where it is; its sidecar manifest is
// honoured. It is read with the rights of who names it: their program opens it and hands the descriptor over.
#pragma once

#include <memory>
#include <string>

#include "base/workers.h"
#include "receiver/intake/intake.h"

namespace edu::receiver {

// What the person's program opened. Without a file, the path is read with this process's own rights.
struct Opened {
  std::shared_ptr<Fd> file, manifest, signature;
  bool only_media = false;  // of a folder: nobody calls it media (Arrival::only_media)
};

// Is it a regular file? And is the file or folder that a descriptor stands for the one at `path`? Both block.
bool is_regular(const Fd& opened);
bool is_same(const Fd& opened, const fs::path& path);

// Refusals without a record, because nothing was there to receive: receiver.path_not_absolute,
// receiver.no_file (not_found), receiver.being_written (conflict), receiver.busy; the outcome "passed" (an
// Opened::only_media that is none) has none either. Whatever else is wrong is a
// reception of the outcome "refused". On the loop.
awaitable<Result<Reception>> import_file(Intake& intake, Workers& workers, fs::path path, std::string by,
                                         Policy trust = Policy::off, Opened opened = {});

}  // namespace edu::receiver
