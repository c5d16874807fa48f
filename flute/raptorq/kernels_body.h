// The kernels, in the compiler's vector types: included once for each instruction set, into a namespace of
// its own. No other header may be used in here: its inline functions would carry that instruction set
// elsewhere.

using Lane [[gnu::vector_size(kLane), gnu::aligned(1), gnu::may_alias]] = unsigned char;
using SignedLane [[gnu::vector_size(kLane), gnu::aligned(1), gnu::may_alias]] = signed char;

inline Lane load(const std::uint8_t* at) { return *reinterpret_cast<const Lane*>(at); }
inline void store(std::uint8_t* at, Lane lane) { *reinterpret_cast<Lane*>(at) = lane; }

inline Lane times_alpha(Lane x) {
  constexpr unsigned char kPolynomial = 0x1d;
  const auto carries = reinterpret_cast<Lane>(reinterpret_cast<SignedLane>(x) < 0);
  return (x + x) ^ (carries & kPolynomial);
}

// The accumulators of N lanes stay in registers while the slots stream by.
template <std::size_t N>
inline void add_slots(Lane (&sums)[N], Slots slots, const std::uint32_t* from, std::size_t count,
                      std::size_t at) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto* slot = slots.base + from[i] * slots.stride + at;
    for (std::size_t lane = 0; lane < N; ++lane) sums[lane] ^= load(slot + lane * kLane);
  }
}

template <std::size_t N>
inline void sum_lanes(std::uint8_t* to, const std::uint8_t* first, Slots slots, const std::uint32_t* from,
                      std::size_t count, std::size_t at) {
  Lane sums[N];
  for (std::size_t lane = 0; lane < N; ++lane) {
    sums[lane] = first == nullptr ? Lane{} : load(first + at + lane * kLane);
  }
  add_slots(sums, slots, from, count, at);
  for (std::size_t lane = 0; lane < N; ++lane) store(to + at + lane * kLane, sums[lane]);
}

void sum(std::uint8_t* to, const std::uint8_t* first, Slots slots, const std::uint32_t* from,
         std::size_t count, std::size_t width) {
  std::size_t at = 0;
  for (; at + 8 * kLane <= width; at += 8 * kLane) sum_lanes<8>(to, first, slots, from, count, at);
  for (; at + 4 * kLane <= width; at += 4 * kLane) sum_lanes<4>(to, first, slots, from, count, at);
  for (; at < width; at += kLane) sum_lanes<1>(to, first, slots, from, count, at);
}

void double_and_sum(std::uint8_t* to, Slots slots, const std::uint32_t* from, std::size_t count,
                    std::size_t width) {
  for (std::size_t at = 0; at < width; at += kLane) {
    Lane sums[1] = {times_alpha(load(to + at))};
    add_slots(sums, slots, from, count, at);
    store(to + at, sums[0]);
  }
}

template <std::size_t N>
inline void hdpc_lanes(std::uint8_t* z, Slots slots, std::size_t first, std::size_t count,
                       const HdpcPair* pairs, Slots sums, std::size_t at) {
  Lane running[N];
  for (std::size_t lane = 0; lane < N; ++lane) running[lane] = load(z + at + lane * kLane);
  for (std::size_t i = 0; i < count; ++i) {
    const auto* slot = slots.base + (first + i) * slots.stride + at;
    auto* one = sums.base + pairs[i].one * sums.stride + at;
    auto* other = sums.base + pairs[i].other * sums.stride + at;
    for (std::size_t lane = 0; lane < N; ++lane) {
      running[lane] = times_alpha(running[lane]) ^ load(slot + lane * kLane);
      store(one + lane * kLane, load(one + lane * kLane) ^ running[lane]);
      store(other + lane * kLane, load(other + lane * kLane) ^ running[lane]);
    }
  }
  for (std::size_t lane = 0; lane < N; ++lane) store(z + at + lane * kLane, running[lane]);
}

void hdpc(std::uint8_t* z, Slots slots, std::size_t first, std::size_t count, const HdpcPair* pairs,
          Slots sums, std::size_t width) {
  std::size_t at = 0;
  for (; at + 4 * kLane <= width; at += 4 * kLane) hdpc_lanes<4>(z, slots, first, count, pairs, sums, at);
  for (; at < width; at += kLane) hdpc_lanes<1>(z, slots, first, count, pairs, sums, at);
}
