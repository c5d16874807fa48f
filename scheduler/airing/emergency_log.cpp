#include "scheduler/airing/emergency_log.h"

#include <charconv>
#include <system_error>

#include <sys/stat.h>

#include "base/diagnostics.h"
#include "base/random.h"
#include "base/sha256.h"
#include "base/sql.h"

namespace edu::scheduler {
namespace {

constexpr std::size_t kSize = 1 << 20;    // bytes; thousands of lines
constexpr std::size_t kLengthDigits = 8;  // decimal, of the text
constexpr std::size_t kSeries = 32;       // hexadecimal digits
constexpr std::size_t kDigest = 64;       // hexadecimal digits
constexpr std::size_t kHead = kLengthDigits + 1 + kSeries + 1 + kLengthDigits + 1 + kDigest + 1;

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string digits(std::int64_t number) {
  auto text = std::to_string(number);
  return std::string(kLengthDigits - std::min(kLengthDigits, text.size()), '0') + text;
}

std::string digest_of(std::string_view series, std::string_view number, std::string_view text) {
  Sha256 hash;
  hash.update(bytes_of(series));
  hash.update(bytes_of(number));
  hash.update(bytes_of(text));
  return to_hex(hash.finish());
}

std::string line_of(const EmergencyLog::Place& place, std::string_view text) {
  const auto number = digits(place.number);
  return digits(static_cast<std::int64_t>(text.size())) + " " + place.series + " " + number + " " +
         digest_of(place.series, number, text) + " " + std::string(text) + "\n";
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// The line at the start of `bytes`; nullopt: none that is whole.
std::optional<EmergencyLog::Line> line_in(std::string_view bytes) {
  if (bytes.size() < kHead) return std::nullopt;
  const auto length = number_in(bytes.substr(0, kLengthDigits));
  const auto series = bytes.substr(kLengthDigits + 1, kSeries);
  const auto digits = bytes.substr(kLengthDigits + 1 + kSeries + 1, kLengthDigits);
  const auto number = number_in(digits);
  if (!length || !number || bytes.size() < kHead + static_cast<std::size_t>(*length) + 1) return std::nullopt;
  const auto text = bytes.substr(kHead, static_cast<std::size_t>(*length));
  if (bytes.substr(kHead - 1 - kDigest, kDigest) != digest_of(series, digits, text)) return std::nullopt;
  return EmergencyLog::Line{{std::string(series), *number}, std::string(text)};
}

}  // namespace

EmergencyLog::EmergencyLog(Files& files, Workers& workers, fs::path file)
    : files_(files), workers_(workers), file_(std::move(file)), series_(random_id(kSeries / 2)) {}

void EmergencyLog::create_table(Database& database) {
  database.exec(
      "CREATE TABLE IF NOT EXISTS late_entered(series TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT");
}

void EmergencyLog::mark_entered(Database& database, const Place& place) {
  sql::exec(database, "DELETE FROM late_entered WHERE series!=?", place.series);
  sql::exec(database, "INSERT OR REPLACE INTO late_entered(series, number) VALUES(?,?)", place.series,
            place.number);
}

std::int64_t EmergencyLog::last_entered(Database& database, const std::string& series) {
  return sql::number(database, "SELECT number FROM late_entered WHERE series=?", 0, series);
}

// Zeros are written, not only promised: a block that was never written may need room when it is.
std::vector<EmergencyLog::Line> EmergencyLog::open() {
  std::error_code ignored;
  if (!fs::exists(file_, ignored)) publish(files_, file_, std::string(kSize, '\0'));
  fd_ = files_.open_existing(file_);
  std::string bytes(kSize, '\0');
  read_at(fd_, 0, std::span(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()), file_);
  std::vector<Line> lines;
  std::string_view rest = bytes;
  while (auto line = line_in(rest)) {
    if (!lines.empty() && line->place.series != lines.front().place.series) break;  // of an earlier time
    rest.remove_prefix(kHead + line->text.size() + 1);
    lines.push_back(*std::move(line));
  }
  return lines;
}

awaitable<std::vector<EmergencyLog::Line>> EmergencyLog::prepare() {
  auto work = [this]() -> std::vector<Line> {
    try {
      return open();
    } catch (const std::exception& error) {
      spdlog::error("playout: no emergency log: {}", error.what());
    }
    return {};
  };
  auto lines = co_await workers_.run(work);
  for (const auto& line : lines) {
    series_ = line.place.series;
    next_ = line.place.number + 1;
    end_ += kHead + line.text.size() + 1;
  }
  co_return lines;
}

bool EmergencyLog::write(std::uint64_t offset, const std::string& bytes) {
  try {
    files_.write_at(fd_, offset, bytes_of(bytes), file_);
    files_.sync_data(fd_, file_);
    return true;
  } catch (const std::exception& error) {
    spdlog::error("playout: the emergency log fails too: {}", error.what());
    return false;
  }
}

awaitable<EmergencyLog::Place> EmergencyLog::append(std::string text) {
  const Place place{series_, next_};
  const auto line = line_of(place, text);
  if (!fd_ || end_ + line.size() > kSize) co_return Place{};
  auto work = [this, offset = end_, &line] { return write(offset, line); };
  const auto written = co_await workers_.run(work);
  torn_ = !written;
  if (!written) co_return Place{};
  end_ += line.size();
  ++next_;
  co_return place;
}

awaitable<void> EmergencyLog::wipe() {
  if (!fd_ || !holds_lines()) co_return;
  auto work = [this] { return write(0, std::string(kHead, '\0')); };
  if (!co_await workers_.run(work)) co_return;
  end_ = 0;
  torn_ = false;
  next_ = 1;
  series_ = random_id(kSeries / 2);
}

}  // namespace edu::scheduler
