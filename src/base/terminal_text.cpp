#include "ortopt/base/terminal_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace ortopt {
namespace {

/// The character that a text begins with.
struct Character {
  uint32_t code = 0;
  std::size_t bytes = 1;
  bool is_valid = false;
};

/// How many bytes a character has that begins with `first`; 0 when none does.
std::size_t length_after(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

Character first_of(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const std::size_t length = length_after(byte(0));
  if (length == 1) return {byte(0), 1, true};
  if (length == 0 || length > text.size()) return {byte(0)};
  uint32_t code = byte(0) & (0xFFU >> (length + 1));
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xC0U) != 0x80U) return {byte(0)};
    code = code << 6U | (byte(at) & 0x3FU);
  }
  constexpr std::array<uint32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code >= 0xD800 && code < 0xE000;
  if (code < smallest[length] || code > 0x10FFFF || is_surrogate) return {byte(0)};
  return {code, length, true};
}

/// Whether a terminal shows the character and does nothing else with it.
bool is_shown(uint32_t code) {
  struct Range {
    uint32_t first;
    uint32_t last;
  };
  // Controls; marks of direction; separators of lines; embeddings and isolates of direction.
  constexpr std::array<Range, 6> hidden = {{{0x00, 0x1F},
                                            {0x7F, 0x9F},
                                            {0x200E, 0x200F},
                                            {0x2028, 0x202E},
                                            {0x2066, 0x2069},
                                            {0xFEFF, 0xFEFF}}};
  return std::ranges::none_of(
      hidden, [&](const Range& range) { return range.first <= code && code <= range.last; });
}

std::string escaped(const Character& character) {
  if (!character.is_valid) return fmt::format("\\x{:02x}", character.code);
  switch (character.code) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return character.code < 0x80 ? fmt::format("\\x{:02x}", character.code)
                                   : fmt::format("\\u{:04x}", character.code);
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character next = first_of(text);
    if (next.is_valid && is_shown(next.code))
      out += text.substr(0, next.bytes);
    else
      out += escaped(next);
    text.remove_prefix(next.bytes);
  }
  return out;
}

}  // namespace ortopt
