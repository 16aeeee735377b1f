#pragma once

#include <xxhash.h>

#include <array>
#include <cstdio>
#include <string>

namespace ortopt {

/// 32 hexadecimal digits.
inline std::string hexadecimal(XXH128_hash_t hash) {
  std::array<char, 33> text{};
  std::snprintf(text.data(), text.size(), "%016llx%016llx",
                static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return text.data();
}

}  // namespace ortopt
