// Compiled with -mavx2 where that exists; called only where the processor has it.
#include "flute/raptorq/kernels.h"

namespace edu::raptorq {

#ifdef __AVX2__

namespace {
#include "flute/raptorq/kernels_body.h"
constexpr Kernels kAvx2{sum, double_and_sum, hdpc};
}  // namespace

const Kernels* avx2_kernels() { return __builtin_cpu_supports("avx2") != 0 ? &kAvx2 : nullptr; }

#else

const Kernels* avx2_kernels() { return nullptr; }

#endif

}  // namespace edu::raptorq
