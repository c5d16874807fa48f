// Repair symbols of a stretch, made ahead of their time and kept in a nameless temporary file: the memory
// that they take is one block's, whatever the object's size. What is at most 1 MiB stays in memory.
#pragma once

#include <atomic>
#include <deque>
#include <future>

#include "sender/objects.h"
#include "sender/plan.h"

namespace edu::send {

class Spool {
 public:
  // Encodes; blocks for as long as that takes. Throws std::system_error.
  Spool(const Object& object, const Stretch& stretch, const std::filesystem::path& folder,
        const std::atomic<bool>& stopped);

  // Repair symbol `esi` of block `sbn`, both of the stretch.
  void read(std::uint32_t sbn, std::uint32_t esi, std::span<std::uint8_t> out) const;

 private:
  std::uint64_t place(std::uint32_t sbn, std::uint32_t index) const;
  void encode(const Object& object, std::uint32_t sbn, std::vector<std::uint8_t>& source,
              std::vector<std::uint8_t>& repair);

  Fd fd_;
  fec::Oti oti_;
  fec::Partition partition_;
  Stretch stretch_;
};

// One stretch of one object in the order of sending.
struct Job {
  const Object* object = nullptr;
  Stretch stretch;
  bool last_of_object = false;  // in this pass
  unsigned pass = 0;
  std::future<Spool> spool;  // of a repair stretch: valid once it was begun
};

// The jobs of a carousel, one after the other, with the next repair stretches being encoded on a thread.
class Feed {
 public:
  Feed(const std::vector<Object>& objects, const Settings& settings);
  ~Feed();
  std::optional<Job> next();        // none: all passes are out
  void stop() { stopped_ = true; }  // what is being encoded ends soon

 private:
  void plan_ahead();
  void encode_ahead();

  const std::vector<Object>& objects_;
  const Settings& settings_;
  unsigned passes_;
  std::filesystem::path folder_;
  std::vector<std::uint32_t> next_repair_;  // of each object
  std::deque<Job> ahead_;
  unsigned pass_ = 0;
  std::size_t object_ = 0;
  std::atomic<bool> stopped_ = false;
};

Interleaving interleaving_of(const Settings& settings, const Object& object);

}  // namespace edu::send
