// The tables of a disc come in through libdvdread, titles as lists of cells and the sectors of one of them
// leave. Within the sandbox of edustation-disc, on its one thread. What libdvdread gives is as the disc has
// it: every number is checked here or in disc_plan.
#include "receiver/volumes/disc_dvd.h"

#include <algorithm>
#include <array>
#include <cstdarg>

#include <dvdread/dvd_reader.h>
#include <dvdread/ifo_read.h>

namespace edu::receiver {
namespace {

constexpr std::uint32_t kAtOnce = 64;       // sectors: 128 KiB
constexpr std::uint32_t kSparse = 8;        // sectors looked at, of each of
constexpr std::uint32_t kSparseEvery = 97;  // so many places of a title

struct CloseTables {
  void operator()(ifo_handle_t* tables) const noexcept { ::ifoClose(tables); }
};
struct CloseFile {
  void operator()(dvd_file_t* file) const noexcept { ::DVDCloseFile(file); }
};
using Tables = std::unique_ptr<ifo_handle_t, CloseTables>;
using Video = std::unique_ptr<dvd_file_t, CloseFile>;

void say_nothing(void*, dvd_logger_level_t, const char*, va_list) {}
constexpr dvd_logger_cb kQuiet{say_nothing};

Unexpected damaged(const std::string& where) { return refuse("receiver.disc_damaged", {{"where", where}}); }

AnglePlace angle_of(const cell_playback_t& cell) {
  if (cell.block_type != BLOCK_TYPE_ANGLE_BLOCK) return AnglePlace::none;
  return cell.block_mode == BLOCK_MODE_FIRST_CELL ? AnglePlace::first : AnglePlace::further;
}

DiscChain chain_of(const pgc_t& pgc) {
  DiscChain chain;
  const auto& time = pgc.playback_time;
  chain.duration_ms = disc_time_ms(time.hour, time.minute, time.second, time.frame_u).value_or(0);
  for (int i = 0; pgc.cell_playback && i < pgc.nr_of_cells; ++i) {
    const auto& cell = pgc.cell_playback[i];
    chain.cells.push_back({cell.first_sector, cell.last_sector, cell.interleaved != 0, angle_of(cell)});
  }
  return chain;
}

// The program chains that the title's chapters lie in, each once.
std::vector<DiscChain> chains_of(const ifo_handle_t& set, unsigned title_of_set) {
  std::vector<DiscChain> chains;
  const auto* chapters = set.vts_ptt_srpt;
  const auto* table = set.vts_pgcit;
  if (!chapters || !table || title_of_set < 1 || title_of_set > chapters->nr_of_srpts) return chains;
  const auto& title = chapters->title[title_of_set - 1];
  std::vector<unsigned> seen;
  for (int i = 0; i < title.nr_of_ptts; ++i) {
    const unsigned number = title.ptt[i].pgcn;
    if (number < 1 || number > table->nr_of_pgci_srp || std::ranges::find(seen, number) != seen.end())
      continue;
    seen.push_back(number);
    if (const auto* pgc = table->pgci_srp[number - 1].pgc) chains.push_back(chain_of(*pgc));
  }
  return chains;
}

struct TitleSet {
  Tables tables;
  std::uint32_t sectors = 0;
};

TitleSet open_set(dvd_reader_t* dvd, int number) {
  TitleSet set;
  set.tables.reset(::ifoOpenVTSI(dvd, number));
  if (!set.tables || !::ifoRead_VTS_PTT_SRPT(set.tables.get()) || !::ifoRead_PGCIT(set.tables.get()))
    return {};
  const Video video(::DVDOpenFile(dvd, number, DVD_READ_TITLE_VOBS));
  if (const auto size = video ? ::DVDFileSize(video.get()) : 0; size > 0)
    set.sectors = static_cast<std::uint32_t>(std::min<ssize_t>(size, INT32_MAX));
  return set;
}

// Reads runs of sectors and looks at each.
class Reading {
 public:
  Reading(dvd_file_t* file, const Dvd::TakeSectors& take)
      : file_(file), take_(take), buffer_(kAtOnce * kSector) {}

  Result<void> run(std::uint32_t first, std::uint32_t count);
  Result<void> units(const DiscCell& cell);
  std::uint64_t bytes() const { return bytes_; }
  bool ended() const { return ended_; }

 private:
  Result<void> fetch(std::uint32_t first, std::uint32_t count);
  Sector sector(std::size_t i) const { return Sector(buffer_.data() + i * kSector, kSector); }

  dvd_file_t* file_;
  const Dvd::TakeSectors& take_;
  std::vector<std::uint8_t> buffer_;
  std::uint64_t bytes_ = 0;
  bool ended_ = false;
};

Result<void> Reading::fetch(std::uint32_t first, std::uint32_t count) {
  if (::DVDReadBlocks(file_, static_cast<int>(first), count, buffer_.data()) != static_cast<ssize_t>(count))
    return refuse("receiver.disc_unreadable", {{"where", std::to_string(first)}});
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_pack(sector(i))) return damaged(std::to_string(first + i));
    if (is_scrambled(sector(i))) return refuse("receiver.disc_encrypted");
  }
  return {};
}

Result<void> Reading::run(std::uint32_t first, std::uint32_t count) {
  while (count > 0 && !ended_) {
    const auto piece = std::min(count, kAtOnce);
    if (auto fetched = fetch(first, piece); !fetched) return fetched;
    ended_ = !take_(std::span(buffer_).first(piece * kSector));
    bytes_ += piece * kSector;
    first += piece;
    count -= piece;
  }
  return {};
}

// From unit to unit of the first angle; the sectors of the others lie between.
Result<void> Reading::units(const DiscCell& cell) {
  for (auto at = cell.first; at <= cell.last && !ended_;) {
    if (auto fetched = fetch(at, 1); !fetched) return fetched;
    const auto unit = unit_at(sector(0));
    if (!unit || unit->length > cell.last - at || (unit->next && *unit->next <= unit->length))
      return damaged(std::to_string(at));
    if (auto read = run(at, unit->length + 1); !read) return read;
    if (!unit->next || *unit->next > cell.last - at) break;
    at += *unit->next;
  }
  return {};
}

}  // namespace

void Dvd::Close::operator()(dvd_reader_s* dvd) const noexcept { ::DVDClose(dvd); }

Result<Dvd> Dvd::open(const std::string& path) {
  Dvd dvd(::DVDOpen2(nullptr, &kQuiet, path.c_str()));
  if (!dvd.dvd_) return refuse("receiver.disc_no_video");
  return dvd;
}

std::string Dvd::name() const {
  std::array<char, 34> text{};
  std::array<unsigned char, 128> set{};
  const auto size = static_cast<unsigned>(text.size() - 1);
  if (::DVDISOVolumeInfo(dvd_.get(), text.data(), size, set.data(), set.size()) == 0) return text.data();
  text = {};
  if (::DVDUDFVolumeInfo(dvd_.get(), text.data(), size, set.data(), set.size()) == 0) return text.data();
  return "";
}

Result<std::vector<RawTitle>> Dvd::titles() const {
  const Tables manager(::ifoOpenVMGI(dvd_.get()));
  if (!manager) return refuse("receiver.disc_no_video");
  if (!::ifoRead_TT_SRPT(manager.get()) || !manager->tt_srpt) return damaged("VIDEO_TS.IFO");
  std::vector<RawTitle> titles;
  std::array<TitleSet, 100> sets;
  std::array<bool, 100> opened{};
  const auto count = std::min<std::size_t>(manager->tt_srpt->nr_of_srpts, kMostTitles);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& entry = manager->tt_srpt->title[i];
    RawTitle title;
    title.number = static_cast<std::int64_t>(i) + 1;
    title.title_set = entry.title_set_nr;
    if (entry.title_set_nr >= 1 && entry.title_set_nr <= 99) {
      auto& set = sets[entry.title_set_nr];
      if (!std::exchange(opened[entry.title_set_nr], true)) set = open_set(dvd_.get(), entry.title_set_nr);
      title.sectors = set.sectors;
      if (set.tables) title.chains = chains_of(*set.tables, entry.vts_ttn);
    }
    titles.push_back(std::move(title));  // one without chains is counted as damaged
  }
  return titles;
}

Result<std::uint64_t> Dvd::read(const PlannedTitle& title, bool sparse, const TakeSectors& take) const {
  const Video video(::DVDOpenFile(dvd_.get(), title.title_set, DVD_READ_TITLE_VOBS));
  if (!video) return refuse("receiver.disc_unreadable", {{"where", "VOB"}});
  Reading reading(video.get(), take);
  std::uint64_t all = 0;
  for (const auto& cell : title.cells) all += cell.last - cell.first + 1;
  const auto step = std::max<std::uint32_t>(kSparse, static_cast<std::uint32_t>(all / kSparseEvery));
  for (const auto& cell : title.cells) {
    Result<void> read;
    const auto sectors = cell.last - cell.first + 1;
    for (std::uint32_t at = 0; sparse && at < sectors && read; at += step)
      read = reading.run(cell.first + at, std::min(kSparse, sectors - at));
    if (!sparse) read = cell.interleaved ? reading.units(cell) : reading.run(cell.first, sectors);
    if (!read) return Unexpected(std::move(read.error()));
    if (reading.ended()) break;
  }
  return reading.bytes();
}

}  // namespace edu::receiver
