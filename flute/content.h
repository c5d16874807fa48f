// Content-Encoding of a delivered object: bounded inflation (RFC 1950, 1951, 1952) by zlib, in pieces.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "flute/alc.h"

namespace edu::flute {

class Inflater {
 public:
  using Sink = std::function<Result<void>(std::span<const std::uint8_t>)>;
  // `most`: bytes that may come out; the FDT's content length, or the station's limit. Never a file larger
  // than that, however small the input.
  Inflater(ContentEncoding encoding, std::uint64_t most, Sink sink);
  ~Inflater();
  // Refusals content.corrupt, content.too_large {most}; and the sink's.
  Result<void> write(std::span<const std::uint8_t> bytes);
  Result<void> finish();  // content.truncated when the stream has not ended

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::vector<std::uint8_t> deflate(ContentEncoding encoding, std::span<const std::uint8_t> bytes);  // for FDTs

}  // namespace edu::flute
