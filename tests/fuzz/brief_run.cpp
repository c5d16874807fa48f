// A fuzzer without libFuzzer, for every run of the tests: the seeds as they are, then each of them changed in
// some thousand ways, the same ones in every run. What it finds ends the program; `./dev fuzz NAME` looks
// longer.
//
//   NAME_fuzz CORPUS-FOLDER
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

constexpr int kChangesOfASeed = 3000;

std::vector<Bytes> seeds_in(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
  std::ranges::sort(paths);  // the same order everywhere
  std::vector<Bytes> out;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return out;
}

class Mutator {
 public:
  explicit Mutator(const std::vector<Bytes>& seeds) : seeds_(seeds) {}

  Bytes changed(Bytes bytes) {
    for (auto times = 1 + below(4); times > 0; --times) change(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t most) { return most == 0 ? 0 : random_() % most; }

  void change(Bytes& bytes) {
    const auto at = static_cast<std::ptrdiff_t>(below(bytes.size()));
    const auto left = bytes.size() - static_cast<std::size_t>(at);
    switch (below(6)) {
      case 0:
        if (!bytes.empty()) bytes[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1U << below(8));
        return;
      case 1:
        if (!bytes.empty()) bytes[static_cast<std::size_t>(at)] = edge();
        return;
      case 2:
        bytes.resize(static_cast<std::size_t>(at));
        return;
      case 3:
        bytes.erase(bytes.begin() + at, bytes.begin() + at + static_cast<std::ptrdiff_t>(below(left)));
        return;
      case 4:
        bytes.insert(bytes.begin() + at, 1 + below(8), edge());
        return;
      default: {  // goes on as another seed does
        const auto& other = seeds_[below(seeds_.size())];
        const auto from = static_cast<std::ptrdiff_t>(below(other.size()));
        bytes.resize(static_cast<std::size_t>(at));
        bytes.insert(bytes.end(), other.begin() + from, other.end());
      }
    }
  }

  std::uint8_t edge() {
    constexpr std::uint8_t kEdges[] = {0, 1, 0x7f, 0x80, 0xff, ' ', '"', '<', '{', '\n'};
    return below(2) == 0 ? kEdges[below(std::size(kEdges))] : static_cast<std::uint8_t>(below(256));
  }

  const std::vector<Bytes>& seeds_;
  std::minstd_rand random_{20260722};
};

}  // namespace

int main(int count, char** values) {
  const auto seeds = count == 2 ? seeds_in(values[1]) : std::vector<Bytes>();
  if (seeds.empty()) {
    std::cerr << "usage: " << values[0] << " CORPUS-FOLDER (with at least one seed)\n";
    return EXIT_FAILURE;
  }
  Mutator mutator(seeds);
  for (const auto& seed : seeds) {
    LLVMFuzzerTestOneInput(seed.data(), seed.size());
    for (int i = 0; i < kChangesOfASeed; ++i) {
      const auto changed = mutator.changed(seed);
      LLVMFuzzerTestOneInput(changed.data(), changed.size());
    }
  }
  return EXIT_SUCCESS;
}
