#pragma once

#include <string>
#include <string_view>

namespace ortopt {

/// `text` as one harmless line of a terminal: control characters (line ends, escape sequences),
/// characters that turn the direction of writing, and bytes that are no UTF-8 become `\n`, `\x1b`,
/// `\u202e`. Names come from files that anybody may have written.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace ortopt
