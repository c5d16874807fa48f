// How a plan runs on bytes: the symbols are cut into columns so narrow that all slots of one column stay in
// the cache, and the whole plan runs on one column after the other.
#include <algorithm>
#include <cstring>

#include "flute/raptorq/kernels.h"
#include "flute/raptorq/plan.h"

namespace edu::raptorq {

namespace {

constexpr std::size_t kCache = 384 << 10;  // bytes for the slots of one column: most of a core's L2
constexpr std::size_t kNarrowest = 4 * kLane, kWidest = 16 * kLane;  // narrower, and the lists cost too much

std::size_t width_for(std::size_t slots) {
  return std::clamp(kCache / slots / kNarrowest * kNarrowest, kNarrowest, kWidest);
}

}  // namespace

class Plan::Run {
 public:
  Run(const Plan& plan, std::size_t width) : plan_(plan), memory_(plan.slots_ * width + kLane) {
    const auto misaligned = reinterpret_cast<std::uintptr_t>(memory_.data()) % kLane;
    slots_ = {memory_.data() + (misaligned == 0 ? 0 : kLane - misaligned), width};
  }

  // `at`: of this column in the inputs and outputs.
  void column(std::span<const std::uint8_t* const> inputs, std::span<std::uint8_t* const> outputs,
              std::size_t at, std::size_t width) {
    for (const auto slot : plan_.inactive_slots_) std::memset(slots_[slot], 0, width);
    for (const auto& sum : plan_.before_hdpc_) add_up(sum, slots_[sum.to], inputs, at, width);
    if (!plan_.hdpc_pairs_.empty()) hdpc(width);
    for (const auto& sum : plan_.after_hdpc_) add_up(sum, slots_[sum.to], inputs, at, width);
    for (const auto& sum : plan_.output_) add_up(sum, outputs[sum.to] + at, inputs, at, width);
  }

 private:
  void add_up(const Sum& sum, std::uint8_t* to, std::span<const std::uint8_t* const> inputs, std::size_t at,
              std::size_t width) {
    const auto* from = plan_.from_.data() + sum.begin;
    if (sum.first == kTwiceItself) {
      kernels_.double_and_sum(to, slots_, from, sum.count, width);
      return;
    }
    const std::uint8_t* first = nullptr;
    if (sum.first == kItself) {
      first = to;
    } else if (sum.first != kZero && inputs[sum.first] != nullptr) {
      first = inputs[sum.first] + at;
    }
    kernels_.sum(to, first, slots_, from, sum.count, width);
  }

  void hdpc(std::size_t width) {
    const Slots sums{slots_[plan_.hdpc_slot_], slots_.stride};
    const auto z_slot = plan_.hdpc_slot_ + plan_.hdpc_rows_;
    auto* z = slots_[z_slot];
    for (std::uint32_t slot = 0; slot <= plan_.hdpc_rows_; ++slot) std::memset(sums[slot], 0, width);
    const auto last = static_cast<std::uint32_t>(plan_.hdpc_pairs_.size());
    kernels_.hdpc(z, slots_, 0, last, plan_.hdpc_pairs_.data(), sums, width);
    kernels_.double_and_sum(z, slots_, &last, 1, width);
    for (std::uint32_t row = 0; row < plan_.hdpc_rows_; ++row) {  // the last column: alpha^row
      kernels_.sum(sums[row], sums[row], slots_, &z_slot, 1, width);
      kernels_.double_and_sum(z, slots_, nullptr, 0, width);
    }
  }

  const Plan& plan_;
  const Kernels& kernels_ = kernels();
  std::vector<std::uint8_t> memory_;
  Slots slots_{};
};

void Plan::run(std::span<const std::uint8_t* const> inputs, std::span<std::uint8_t* const> outputs,
               std::size_t size) const {
  const auto whole = size / kLane * kLane, rest = size - whole;
  const auto width = std::min(width_for(slots_), std::max(whole, kLane));
  Run run(*this, width);
  for (std::size_t at = 0; at < whole; at += width) {
    run.column(inputs, outputs, at, std::min(width, whole - at));
  }
  if (rest == 0) return;
  // The end that fills no lane goes through memory where it does.
  std::vector<std::uint8_t> in(inputs.size() * kLane), out(outputs.size() * kLane);
  std::vector<const std::uint8_t*> in_at(inputs.size());
  std::vector<std::uint8_t*> out_at(outputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] == nullptr) continue;
    in_at[i] = in.data() + i * kLane;
    std::memcpy(in.data() + i * kLane, inputs[i] + whole, rest);
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) out_at[i] = out.data() + i * kLane;
  run.column(in_at, out_at, 0, kLane);
  for (std::size_t i = 0; i < outputs.size(); ++i) std::memcpy(outputs[i] + whole, out_at[i], rest);
}

}  // namespace edu::raptorq
