#include "receiver/catalogue/range.h"

#include <stdexcept>

namespace edu::catalogue {
namespace {

// Takes the piece, and ends the transfer when a server gives more than was asked for.
class Piece final : public Sink {
 public:
  explicit Piece(const Range& range) : range_(range) { bytes.reserve(wanted()); }

  Result<void> begin(const Response& head) override {
    if (head.length && *head.length != range_.length)
      return refuse("catalogue.other_file", {{"host", host_of(range_.url)}});
    if (head.from == range_.first) return {};
    return refuse("catalogue.range", {{"host", host_of(range_.url)}}, Refusal::Kind::unavailable);
  }
  Result<void> take(std::span<const std::uint8_t> more) override {
    const auto fits = std::min(more.size(), wanted() - bytes.size());
    bytes.insert(bytes.end(), more.begin(), more.begin() + static_cast<std::ptrdiff_t>(fits));
    if (fits < more.size()) return refuse("catalogue.range", {{"host", host_of(range_.url)}});
    return {};
  }
  std::size_t wanted() const { return range_.last - range_.first + 1; }

  std::vector<std::uint8_t> bytes;

 private:
  const Range& range_;
};

}  // namespace

awaitable<Result<std::vector<std::uint8_t>>> fetch_range(Fetch fetch, Range range, Access access) {
  if (range.last < range.first || range.last - range.first >= kLargestRange)
    throw std::invalid_argument("a range without bytes, or over the bound");
  Request request;
  request.url = range.url;
  request.largest = INT64_MAX;  // the piece has its own bound, and says more of a file that is another one
  request.from = range.first;
  request.last = range.last;
  Piece piece(range);
  const auto response = co_await fetch(std::move(request), std::move(access), piece);
  if (piece.bytes.size() == piece.wanted()) co_return std::move(piece.bytes);
  if (!response) co_return Unexpected(response.error());
  co_return refuse("catalogue.cut_short", {{"host", host_of(range.url)}}, Refusal::Kind::unavailable);
}

}  // namespace edu::catalogue
