// In comes the coded content of an object, in pieces and on a worker; out goes the content, to a sink, in
// pieces of 64 KiB at most. The bound is checked before a piece is handed on.
#include "flute/content.h"

#include <algorithm>
#include <stdexcept>

#include <zlib.h>

namespace edu::flute {
namespace {

constexpr int kRaw = -MAX_WBITS, kZlib = MAX_WBITS, kGzip = MAX_WBITS + 16;  // zlib's windowBits
constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kMostInput = 1 << 30;  // of one call of inflate(): its counter has 32 bits

// RFC 1950 2.2: method 8, and the two bytes together a multiple of 31. "deflate" of HTTP is that, of others
// the bare stream; a bare stream never begins so, unless with a stored block whose padding is not zero.
bool is_zlib_header(std::uint8_t first, std::uint8_t second) {
  return (first & 15) == 8 && (first << 8 | second) % 31 == 0;
}

}  // namespace

struct Inflater::State {
  ContentEncoding encoding;
  std::uint64_t most;
  Sink sink;
  std::uint64_t out = 0;
  std::vector<std::uint8_t> head;  // the first two bytes, until they are there
  z_stream stream{};
  bool open = false, ended = false;
  std::vector<std::uint8_t> piece;

  ~State() {
    if (open) ::inflateEnd(&stream);
  }

  Result<void> give(std::span<const std::uint8_t> bytes) {
    if (bytes.size() > most - out) return refuse("content.too_large", {{"most", std::to_string(most)}});
    out += bytes.size();
    return bytes.empty() ? Result<void>{} : sink(bytes);
  }

  void start(int window) {
    piece.resize(kPiece);
    if (::inflateInit2(&stream, window) != Z_OK) throw std::bad_alloc();
    open = true;
  }

  Result<void> inflate(std::span<const std::uint8_t> bytes) {
    stream.next_in = const_cast<Bytef*>(bytes.data());  // zlib reads only
    stream.avail_in = static_cast<uInt>(bytes.size());
    while (true) {
      if (ended && !next_member()) return stream.avail_in ? refuse("content.corrupt") : Result<void>{};
      stream.next_out = piece.data();
      stream.avail_out = kPiece;
      const int outcome = ::inflate(&stream, Z_NO_FLUSH);
      if (outcome == Z_MEM_ERROR) throw std::bad_alloc();
      if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR)
        return refuse("content.corrupt");
      if (auto given = give({piece.data(), kPiece - stream.avail_out}); !given) return given;
      ended = outcome == Z_STREAM_END;
      if (!ended && stream.avail_in == 0 && stream.avail_out > 0) return {};
    }
  }

  // RFC 1952 2.2: a gzip file may be several, one behind the other.
  bool next_member() {
    if (encoding != ContentEncoding::gzip || stream.avail_in == 0) return false;
    ended = false;
    return ::inflateReset(&stream) == Z_OK;
  }
};

Inflater::Inflater(ContentEncoding encoding, std::uint64_t most, Sink sink)
    : state_(std::make_unique<State>()) {
  state_->encoding = encoding;
  state_->most = most;
  state_->sink = std::move(sink);
}

Inflater::~Inflater() = default;

Result<void> Inflater::write(std::span<const std::uint8_t> bytes) {
  auto& state = *state_;
  if (state.encoding == ContentEncoding::none) return state.give(bytes);
  if (!state.open) {
    const auto missing = std::min<std::size_t>(2 - state.head.size(), bytes.size());
    state.head.insert(state.head.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(missing));
    if (state.head.size() < 2) return {};
    bytes = bytes.subspan(missing);
    state.start(state.encoding == ContentEncoding::gzip        ? kGzip
                : is_zlib_header(state.head[0], state.head[1]) ? kZlib
                                                               : kRaw);
    if (auto begun = state.inflate(state.head); !begun) return begun;
  }
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), kMostInput));
    if (auto written = state.inflate(part); !written) return written;
    bytes = bytes.subspan(part.size());
  }
  return {};
}

Result<void> Inflater::finish() {
  const bool whole = state_->encoding == ContentEncoding::none || state_->ended;
  return whole ? Result<void>{} : refuse("content.truncated");
}

std::vector<std::uint8_t> deflate(ContentEncoding encoding, std::span<const std::uint8_t> bytes) {
  if (encoding == ContentEncoding::none) return {bytes.begin(), bytes.end()};
  if (bytes.size() > kMostInput) throw std::length_error("deflate: too much for one call");
  const int window = encoding == ContentEncoding::gzip   ? kGzip
                     : encoding == ContentEncoding::zlib ? kZlib
                                                         : kRaw;
  constexpr int kMemory = 8;  // zlib's own choice
  z_stream stream{};
  if (::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::vector<std::uint8_t> out(::deflateBound(&stream, static_cast<uLong>(bytes.size())));
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

}  // namespace edu::flute
