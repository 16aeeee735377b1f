#include "ortopt/report/reason.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace ortopt {
namespace {

constexpr std::size_t npos = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/// Where the path of a source file begins that ends before `colon`, or nothing when there is none.
std::optional<std::size_t> start_of_path(std::string_view text, std::size_t colon) {
  constexpr std::array<std::string_view, 6> endings = {".cc", ".cpp", ".h", ".hpp", ".cu", ".cuh"};
  const std::string_view before = text.substr(0, colon);
  if (std::ranges::none_of(endings, [&](std::string_view end) { return before.ends_with(end); }))
    return std::nullopt;
  const std::size_t last = before.find_last_of(" \n\t:'\"");
  const std::size_t start = last == npos ? 0 : last + 1;
  // What the user wrote has no line number behind it; a slash tells a path from a word.
  if (before.find('/', start) == npos) return std::nullopt;
  return start;
}

/// The end of the bracket that opens at `open`; npos when it does not close.
std::size_t end_of_bracket(std::string_view text, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t at = open; at < text.size(); ++at) {
    if (text[at] == '(' || text[at] == '[') ++depth;
    if ((text[at] == ')' || text[at] == ']') && --depth == 0) return at + 1;
  }
  return npos;
}

/// The end of the C++ signature that starts at `start`; `start` itself when there is none.
std::size_t end_of_signature(std::string_view text, std::size_t start) {
  std::size_t at = text.find('(', start);
  // A sentence with a bracket in it is no signature: those name what they belong to.
  if (at == npos || is_space(text[at - 1])) return start;
  if (text.substr(start, at - start).find("::") == npos) return start;
  while (at < text.size() && !is_space(text[at])) {
    const bool opens = text[at] == '(' || text[at] == '[';
    at = opens ? end_of_bracket(text, at) : at + 1;
    if (at == npos) return start;
  }
  for (const std::string_view word : {" const", " [with "}) {
    if (!text.substr(at).starts_with(word)) continue;
    const bool is_bracket = word.back() == ' ';
    const std::size_t end = is_bracket ? end_of_bracket(text, at + 1) : at + word.size();
    if (end == npos) return start;
    at = end;
  }
  return at;
}

/// A place in a source file, with the function that is there.
struct Place {
  std::size_t start = 0;
  std::size_t end = 0;
};

/// The first place from `from` on.
std::optional<Place> find_place(std::string_view text, std::size_t from) {
  for (std::size_t colon = text.find(':', from); colon != npos; colon = text.find(':', colon + 1)) {
    std::size_t at = colon + 1;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at == colon + 1 || at == text.size() || text[at] != ' ') continue;
    const std::optional<std::size_t> start = start_of_path(text, colon);
    if (!start || *start < from) continue;
    std::size_t end = end_of_signature(text, at + 1);
    while (end < text.size() && is_space(text[end])) ++end;
    return Place{*start, end};
  }
  return std::nullopt;
}

}  // namespace

std::string plain_reason(std::string_view reason) {
  std::string out;
  std::size_t at = 0;
  while (const std::optional<Place> place = find_place(reason, at)) {
    out += reason.substr(at, place->start - at);
    if (!out.empty() && !is_space(out.back())) out += ' ';
    at = place->end;
  }
  out += reason.substr(at);
  while (!out.empty() && is_space(out.back())) out.pop_back();
  return out;
}

std::string brief_reason(std::string_view reason) {
  constexpr std::size_t most = 320;
  std::string out = plain_reason(reason);
  if (out.size() <= most) return out;
  const std::size_t last_word = out.find_last_of(' ', most);
  out.resize(last_word == npos || last_word < most / 2 ? most : last_word);
  return out + " ... (--report has all of it)";
}

}  // namespace ortopt
