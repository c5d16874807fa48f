#include "sender/report.h"

#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace edu::send {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostNames = 10;  // that are shown
constexpr nanoseconds kBarEvery = 500ms, kLineEvery = 10s;

double seconds_of(nanoseconds span) { return std::chrono::duration<double>(span).count(); }

const char* name_of(Scheme scheme) {
  switch (scheme) {
    case Scheme::none:
      return "none";
    case Scheme::rs:
      return "rs";
    case Scheme::rs129:
      return "rs129";
    case Scheme::raptorq:
      return "raptorq";
  }
  return "";
}

const Object& largest_of(const std::vector<Object>& objects) {
  return *std::max_element(objects.begin(), objects.end(), [](const Object& a, const Object& b) {
    return a.file.content_length < b.file.content_length;
  });
}

}  // namespace

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::uint64_t kKib = 1024;
  if (bytes < kKib) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes);
  const char* unit = "";
  for (const auto* next : {"KiB", "MiB", "GiB", "TiB"}) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return fmt::format("{:.1f} {}", value, unit);
}

Report::Report(const Options& options, const std::vector<Object>& objects, std::ostream& out,
               unsigned columns)
    : options_(options), objects_(objects), out_(out), columns_(columns) {
  for (const auto& object : objects) {
    const auto length = *object.file.content_length;
    bytes_ += length;
    pass_bytes_ += length * (1000 + overhead_of(options.settings, length)) / 1000;
  }
}

std::string Report::say(const char* key, const Args& args) const {
  return text(options_.language, std::string("send.") + key, args);
}

void Report::begin() {
  if (options_.quiet) return;
  const auto& settings = options_.settings;
  out_ << say("begin", {{"files", std::to_string(objects_.size())},
                        {"size", human_bytes(bytes_)},
                        {"group", settings.group},
                        {"port", std::to_string(settings.port)},
                        {"rate", fmt::format("{:.3g}", static_cast<double>(settings.rate) / 1e6)}})
       << "\n";
  const auto& largest = largest_of(objects_);
  const auto& oti = *largest.file.oti;
  const auto how = interleaving_of(settings, largest);
  const auto packets = fade_packets(oti, how);
  const auto bits = static_cast<double>(packets * (payload_of(settings) + headers_of(settings.group)) * 8);
  out_ << say(packets ? "fade" : "no_fade",
              {{"scheme", name_of(settings.scheme)},
               {"overhead", fmt::format("{:g}", how.overhead_permille / 10.0)},
               {"loss", fmt::format("{:g}", bearable_loss(oti, how) / 10.0)},
               {"seconds", fmt::format("{:.2f}", bits / static_cast<double>(settings.rate))}})
       << "\n";
  warn_of_names();
  out_ << std::flush;
}

// What stations will call otherwise, and other receivers may not take at all.
void Report::warn_of_names() {
  std::size_t count = 0;
  for (const auto& object : objects_) {
    const auto name = object.path.filename().string();
    const auto stored = flute::safe_name(object.file.location).value_or("");
    if (stored == name || ++count > kMostNames) continue;
    out_ << say("name", {{"path", one_line(to_utf8(object.path.string()))}, {"name", stored}}) << "\n";
  }
  if (count > kMostNames) out_ << say("more_names", {{"count", std::to_string(count - kMostNames)}}) << "\n";
}

void Report::progress(const Counts& counts, nanoseconds now) {
  if (options_.quiet || now < next_) return;
  next_ = now + (columns_ ? kBarEvery : kLineEvery);
  const auto whole = std::max<std::uint64_t>(1, pass_bytes_);
  const auto percent = std::min<std::uint64_t>(100, counts.pass_bytes * 100 / whole);
  const auto line = say("progress", {{"pass", std::to_string(counts.passes + 1)},
                                     {"percent", std::to_string(percent)},
                                     {"sent", human_bytes(counts.wire_bytes)}});
  if (columns_ == 0) {
    out_ << line << std::endl;
    return;
  }
  const auto used = display_width(line) + 4;
  const std::size_t width = columns_ > used ? std::min<std::size_t>(columns_ - used, 40) : 0;
  const auto full = width * percent / 100;
  out_ << "\r" << line << " [" << std::string(full, '#') << std::string(width - full, ' ') << "]"
       << std::flush;
}

void Report::end(const Counts& counts, nanoseconds took, std::uint64_t lost) {
  if (columns_ && !options_.quiet) out_ << "\n";
  if (options_.quiet) return;
  const auto seconds = std::max(seconds_of(took), 1e-9);
  out_ << say("end",
              {{"passes", std::to_string(counts.passes)},
               {"packets", std::to_string(counts.packets)},
               {"sent", human_bytes(counts.wire_bytes)},
               {"seconds", fmt::format("{:.1f}", seconds)},
               {"rate", fmt::format("{:.3g}", static_cast<double>(counts.wire_bytes) * 8 / seconds / 1e6)}})
       << "\n";
  if (lost) out_ << say("lost", {{"packets", std::to_string(lost)}}) << "\n";
}

std::string Report::json(const Counts& counts, nanoseconds took, std::uint64_t lost, bool segments) const {
  const json::object figures{
      {"files", objects_.size()},
      {"object_bytes", bytes_},
      {"scheme", name_of(options_.settings.scheme)},
      {"overhead_percent", overhead_of(options_.settings, *largest_of(objects_).file.content_length) / 10.0},
      {"passes", counts.passes},
      {"packets", counts.packets},
      {"source_symbols", counts.source_symbols},
      {"repair_symbols", counts.repair_symbols},
      {"fdt_packets", counts.fdt_packets},
      {"payload_bytes", counts.payload_bytes},
      {"wire_bytes", counts.wire_bytes},
      {"lost_packets", lost},
      {"gso", segments},
      {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}};
  return boost::json::serialize(figures);
}

}  // namespace edu::send
