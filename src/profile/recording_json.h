#pragma once

#include <string>
#include <string_view>

#include "ortopt/profile/recording.h"

namespace ortopt {

/// The way of a recording from the child process home.
[[nodiscard]] std::string to_bytes(const Recording& recording);
[[nodiscard]] Recording recording_from(std::string_view bytes);

}  // namespace ortopt
