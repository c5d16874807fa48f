// What was dealt with already, so that a carousel's next pass makes no second reception of it: the keys of
// objects, on the disk, the oldest forgotten first.
//
// One file of records of 64 bytes, each with a CRC; appended to, and rewritten when it has grown to twice
// the bound. Blocking, on the assembly's thread: an addition is one small write; sync() is called once a
// second. What a power cut takes of the last second stands with the records in the database
// (receiver/channels/recorded_keys.h), and is added again at the start.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "base/files.h"
#include "receiver/multicast/partial_file.h"

namespace edu::multicast {

class DoneTable {
 public:
  static constexpr std::size_t kMost = 20'000;

  // Reads what is there. A damaged record is skipped. Throws std::system_error.
  DoneTable(Files& files, fs::path file);

  // `until_ms`: Unix time until which it counts; 0: for good. A failure of the disk is logged: the entry then
  // holds until the end of this run.
  void add(const ObjectKey& key, std::int64_t until_ms = 0);
  // Delivered, and on its way to its record: it counts until add() or release(), or until this run ends. A
  // start finds it among what was delivered.
  void hold(const ObjectKey& key) { held_.insert(key); }
  void release(const ObjectKey& key) { held_.erase(key); }
  bool holds(const ObjectKey& key, std::int64_t now_ms) const;
  void sync();

 private:
  void read();
  void append(const ObjectKey& key, std::int64_t until_ms);
  void rewrite();

  Files& files_;
  fs::path path_;
  Fd fd_;
  std::uint64_t size_ = 0;
  bool unsynced_ = false;
  std::map<ObjectKey, std::int64_t> keys_;
  std::deque<ObjectKey> order_;  // the oldest first
  std::set<ObjectKey> held_;
};

}  // namespace edu::multicast
