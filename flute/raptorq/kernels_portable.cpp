#include "flute/raptorq/kernels.h"

namespace edu::raptorq {

namespace {
#include "flute/raptorq/kernels_body.h"
constexpr Kernels kPortable{sum, double_and_sum, hdpc};
}  // namespace

const Kernels& portable_kernels() { return kPortable; }

const Kernels& kernels() {
  const auto* avx2 = avx2_kernels();
  return avx2 != nullptr ? *avx2 : kPortable;
}

}  // namespace edu::raptorq
