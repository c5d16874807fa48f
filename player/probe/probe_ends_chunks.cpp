// Containers of chunks, objects and tags: RIFF (AVI, WAV, also RF64), Wave64, AIFF, AU, CAF, ASF, RealMedia,
// FLV. Lengths that were never filled in (a recording through a pipe) say nothing.
#include <algorithm>
#include <array>

#include "player/probe/probe_ends.h"

namespace edu::player {
namespace {

constexpr int kMostChunks = 5'000'000;  // tags or chunks of one walk
// Many writers count a head in the length of what follows it: so much may be missing. 48 bytes are less than
// a hundredth of a second of anything.
constexpr std::int64_t kSlack = 48;

std::int64_t length_of(std::uint64_t value) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(value, 1ull << 60));
}

// A length that says "unknown": 0, all ones, or the largest that a 31-bit counter holds, as programs write
// it that send sound through a pipe.
bool is_unknown(std::uint64_t length) {
  return length == 0 || length >= 0xFFFFF000 || (length >= 0x7FFF0000 && length <= 0x80000100);
}

// --- AVI: lists in lists

bool is_avi_chunk(std::string_view type) {
  return std::ranges::all_of(type, [](char c) { return c >= ' ' && c <= '~'; });
}

// Walks the chunks from `at` on; the lists of media are entered where their own length says nothing.
bool avi_ends_torn(FileBytes& file) {
  std::int64_t at = 0;
  for (int i = 0; i < kMostChunks && at < file.size(); ++i) {
    const auto type = file.text_at(at, 4);
    const auto length = file.little(at + 4, 4);
    if (!is_avi_chunk(type)) return false;
    if (file.size() - at < 8) return true;  // half a chunk's head
    if (type == "RIFF" || (type == "LIST" && is_unknown(length))) {
      at += 12;  // RIFF's own length is wrong in too many files
      continue;
    }
    const auto end = at + 8 + length_of(length);
    if (end > file.size()) return true;
    at = end + (length & 1);
  }
  return false;
}

// --- Sounds: a chunk that holds them

struct Sound {
  std::int64_t from = 0;
  std::uint64_t length = 0;
};

bool is_cut(const FileBytes& file, const Sound& sound) {
  // Some writers put the length of the whole file there.
  const auto whole = static_cast<std::uint64_t>(file.size());
  if (sound.length == whole || sound.length + 8 == whole) return false;
  return sound.from + length_of(sound.length) > file.size() + kSlack;
}

bool wav_ends_torn(FileBytes& file) {
  const auto kind = file.text_at(0, 4);
  std::uint64_t long_length = 0;  // of RF64's ds64 (EBU Tech 3306)
  std::int64_t at = 12;
  for (int i = 0; i < 10'000 && at + 8 <= file.size(); ++i) {
    const auto type = file.text_at(at, 4);
    const auto length = file.little(at + 4, 4);
    if (type == "ds64") long_length = file.little(at + 16, 8);
    if (type == "data") {
      const bool given = kind == "RF64" || kind == "BW64";
      const auto real = given && length == 0xFFFFFFFF ? long_length : length;
      return !(given ? real == 0 : is_unknown(real)) && is_cut(file, {at + 8, real});
    }
    at += 8 + length_of(length + (length & 1));
  }
  return false;
}

bool w64_ends_torn(FileBytes& file) {
  std::int64_t at = 40;  // behind "riff" with its length and "wave"
  for (int i = 0; i < 10'000 && at + 24 <= file.size(); ++i) {
    const auto length = file.little(at + 16, 8);  // with its head of 24 bytes
    if (file.text_at(at, 4) == "data")
      return length > 24 && length < (1ull << 62) && is_cut(file, {at, length});
    if (length < 24) return false;
    at += length_of((length + 7) / 8 * 8);
  }
  return false;
}

bool aiff_ends_torn(FileBytes& file) {
  std::int64_t at = 12;
  for (int i = 0; i < 10'000 && at + 8 <= file.size(); ++i) {
    const auto length = file.big(at + 4, 4);
    if (file.text_at(at, 4) == "SSND") return !is_unknown(length) && is_cut(file, {at + 8, length});
    at += 8 + length_of(length + (length & 1));
  }
  return false;
}

bool au_ends_torn(FileBytes& file) {
  const auto length = file.big(8, 4);
  return !is_unknown(length) && is_cut(file, {length_of(file.big(4, 4)), length});
}

bool caf_ends_torn(FileBytes& file) {
  std::int64_t at = 8;
  for (int i = 0; i < 10'000 && at + 12 <= file.size(); ++i) {
    const auto length = file.big(at + 4, 8);
    if (file.text_at(at, 4) == "data") return length < (1ull << 60) && is_cut(file, {at + 12, length});
    if (length >= (1ull << 60)) return false;
    at += 12 + length_of(length);
  }
  return false;
}

// --- ASF (specification, 2 and 3.2): objects with a GUID and a length; data in packets of one size

bool asf_ends_torn(FileBytes& file) {
  constexpr std::string_view properties{"\xA1\xDC\xAB\x8C\x47\xA9\xCF\x11\x8E\xE4\x00\xC0\x0C\x20\x53\x65",
                                        16};
  constexpr std::string_view data{"\x36\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9\x00\xAA\x00\x62\xCE\x6C", 16};
  const auto header = file.text_at(0, std::min<std::uint64_t>(file.little(16, 8), 4 << 20));
  const auto found = header.find(properties);
  std::int64_t packet = 0;
  bool live = false;
  if (found != header.npos) {
    const auto at = static_cast<std::int64_t>(found);
    live = (file.little(at + 88, 1) & 1) != 0;
    packet = length_of(file.little(at + 92, 4));
  }
  auto at = length_of(file.little(16, 8));
  for (int i = 0; i < 10'000 && at + 24 <= file.size(); ++i) {
    const auto length = file.little(at + 16, 8);
    const bool is_data = file.text_at(at, 16) == data;
    if (is_data && (live || length <= 50)) return packet > 0 && (file.size() - at - 50) % packet != 0;
    if (length < 24) return false;
    if (at + length_of(length) > file.size()) return true;
    at += length_of(length);
  }
  return at < file.size() && file.size() - at < 24;
}

// --- RealMedia: chunks with a name and a length

bool rm_ends_torn(FileBytes& file) {
  constexpr std::array<std::string_view, 6> names{".RMF", "PROP", "MDPR", "CONT", "DATA", "INDX"};
  std::int64_t at = 0;
  for (int i = 0; i < 10'000 && at + 8 <= file.size(); ++i) {
    const auto name = file.text_at(at, 4);
    const auto length = file.big(at + 4, 4);
    if (std::ranges::find(names, name) == names.end()) return false;
    if (length < 8) return false;  // a live stream's
    if (at + length_of(length) > file.size() + (name == "DATA" ? kSlack : 0)) return true;
    at += length_of(length);
  }
  return false;
}

// --- FLV: tags, each with its length before and behind it

bool flv_ends_torn(FileBytes& file) {
  auto at = length_of(file.big(5, 4)) + 4;
  for (int i = 0; i < kMostChunks && at < file.size(); ++i) {
    const auto kind = file.big(at, 1) & 0x1F;
    if (kind != 8 && kind != 9 && kind != 18) return false;
    if (file.size() - at < 11) return true;
    const auto end = at + 11 + static_cast<std::int64_t>(file.big(at + 1, 3));
    if (end > file.size()) return true;
    at = end + 4;
  }
  return false;
}

}  // namespace

bool chunks_end_torn(FileBytes& file, std::string_view container) {
  if (container == "avi") return avi_ends_torn(file);
  if (container == "wav") return wav_ends_torn(file);
  if (container == "w64") return w64_ends_torn(file);
  if (container == "aiff") return aiff_ends_torn(file);
  if (container == "au") return au_ends_torn(file);
  if (container == "caf") return caf_ends_torn(file);
  if (container == "asf") return asf_ends_torn(file);
  if (container == "rm") return rm_ends_torn(file);
  if (container == "flv") return flv_ends_torn(file);
  return false;
}

}  // namespace edu::player
