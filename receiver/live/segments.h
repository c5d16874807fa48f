// The segments of one recording, as they lie in its folder. Blocking; throws std::system_error where the
// disk does not tell: a missing folder or file holds nothing, and is no error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace edu::live {

// 000001.mkv, 000002.mkv …, in their order.
std::vector<std::filesystem::path> segments_in(const std::filesystem::path& folder);

// UTC ms: when the last byte of them was written, so what came before a crash came until then. nullopt: none
// holds anything.
std::optional<std::int64_t> last_written_ms(const std::filesystem::path& folder);

std::uint64_t bytes_in(const std::filesystem::path& folder);  // of all segments

}  // namespace edu::live
