#include "ortopt/optimise/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace ortopt {
namespace {

bool is_form(std::string_view name) {
  return std::find(form_names().begin(), form_names().end(), name) != form_names().end();
}

std::size_t count_operator(const OperatorCounts& counts, const std::string& name) {
  std::size_t total = 0;
  for (const auto& [op, count] : counts) {
    const std::size_t dot = op.rfind('.');
    const bool same_without_domain = dot != std::string::npos && op.substr(dot + 1) == name;
    if (op == name || same_without_domain) total += count;
  }
  return total;
}

}  // namespace

Result<Expectation> parse_expectation(std::string_view text) {
  const auto malformed = [&] {
    return fail(Code::usage, fmt::format("expectation '{}' is not of the form attention=12", text));
  };
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos || equals == 0) return malformed();
  Expectation expectation{std::string(text.substr(0, equals)), 0};
  const std::string_view number = text.substr(equals + 1);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), expectation.count);
  if (error != std::errc() || end != number.data() + number.size()) return malformed();
  return expectation;
}

std::optional<Error> find_unmet(const std::vector<Expectation>& expectations,
                                const OperatorCounts& counts) {
  std::string unmet;
  for (const Expectation& expectation : expectations) {
    const std::size_t found = is_form(expectation.what) ? count_form(counts, expectation.what)
                                                        : count_operator(counts, expectation.what);
    if (found == expectation.count) continue;
    if (!unmet.empty()) unmet += "; ";
    unmet += fmt::format("expected {} {}, found {}", expectation.count, expectation.what, found);
  }
  if (unmet.empty()) return std::nullopt;
  return Error{Code::expectation, unmet, {}};
}

}  // namespace ortopt
