#include "receiver/multicast/mpe_source.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace edu::multicast {
namespace {

constexpr std::size_t kChunk = 188 * 64;
constexpr std::size_t kRtpHeader = 12;

// Behind an RTP header (RFC 3550 5.1) without extras, where there is one.
std::span<const std::uint8_t> without_rtp(std::span<const std::uint8_t> bytes) {
  const bool rtp = bytes.size() > kRtpHeader && bytes[0] == 0x80 && bytes[kRtpHeader] == 0x47;
  return rtp ? bytes.subspan(kRtpHeader) : bytes;
}

}  // namespace

MpeSource::MpeSource(const config::Channel& channel)
    : channel_(channel),
      reader_(static_cast<std::uint16_t>(channel.mpe_pid),
              channel.transport_stream.empty() ? std::uint16_t{0} : channel.port,
              [this](const Address& from, std::span<const std::uint8_t> payload) {
                waiting_.emplace_back(from, std::vector<std::uint8_t>(payload.begin(), payload.end()));
              }) {
  if (channel_.transport_stream.empty())
    carrier_ = std::make_unique<UdpSource>(channel_);
  else
    chunk_.resize(kChunk);
}

void MpeSource::open() {
  if (carrier_) return carrier_->open();
  file_ = Fd(::open(channel_.transport_stream.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file_) throw std::system_error(errno, std::generic_category(), channel_.transport_stream.string());
}

// False: the file has ended.
bool MpeSource::read_more(milliseconds patience) {
  if (carrier_) {
    const bool more = carrier_->receive(carried_, patience);
    carried_.each(
        [this](const Address&, std::span<const std::uint8_t> bytes) { reader_.feed(without_rtp(bytes)); });
    return more;
  }
  const auto got = ::read(file_.get(), chunk_.data(), chunk_.size());
  if (got < 0 && errno != EINTR)
    throw std::system_error(errno, std::generic_category(), channel_.transport_stream.string());
  if (got > 0) reader_.feed(std::span(chunk_).first(static_cast<std::size_t>(got)));
  return got != 0;
}

void MpeSource::give_out(Batch& batch) {
  for (; batch.count < Batch::kSlots && !waiting_.empty(); ++batch.count) {
    const auto& [from, bytes] = waiting_.front();
    std::ranges::copy(bytes, batch.memory(batch.count).begin());
    batch.slots[batch.count] = {from, bytes.size(), 0};
    waiting_.pop_front();
  }
}

bool MpeSource::receive(Batch& batch, milliseconds patience) {
  batch.count = 0;
  bool more = true;
  if (waiting_.empty()) more = read_more(patience);
  batch.kernel_drops = carried_.kernel_drops;
  give_out(batch);
  return more || !waiting_.empty() || batch.count > 0;
}

void MpeSource::wake() noexcept {
  if (carrier_) carrier_->wake();
}

}  // namespace edu::multicast
