// What a failure says of the disk: that it is full, that it cannot be written, or that it fails. Pure.
#pragma once

#include <exception>
#include <optional>

#include "base/result.h"

namespace edu {

// The refusal storage.full, storage.read_only or storage.failing {what}, of kind no_space; nullopt: the
// failure is not the disk's. Knows SQLite::Exception and std::system_error.
std::optional<Refusal> storage_trouble(const std::exception& failure);
std::optional<Refusal> storage_trouble(const std::exception_ptr& failure);

}  // namespace edu
