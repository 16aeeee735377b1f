#pragma once

#include <string>

#include "ortopt/compare/verification.h"

namespace ortopt {

/// A verdict as bytes, for the way from a child process to its parent, and back.
[[nodiscard]] std::string to_bytes(const Verification& verification);
[[nodiscard]] Verification verification_from(const std::string& bytes);

}  // namespace ortopt
