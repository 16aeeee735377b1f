#include "passes/attention/view_index.h"

#include <algorithm>

namespace ortopt::attention {
namespace {

struct Digit {
  Factor factor;
  Dim value;
};

std::vector<std::size_t> sized(const std::vector<LayoutDim>& dims) {
  std::vector<std::size_t> places;
  for (std::size_t k = 0; k < dims.size(); ++k)
    if (!dims[k].empty()) places.push_back(k);
  return places;
}

/// The part of `number` that is a multiple of `size`, divided by it. b·n + h by n is b.
Dim quotient(const Dim& number, const Dim& size) {
  if (const auto exact = number.divided_by(size)) return *exact;
  Dim result(0);
  for (const Dim& term : number.terms())
    if (const auto exact = term.divided_by(size)) result = result + *exact;
  return result;
}

std::vector<Digit> digits_of(const std::vector<LayoutDim>& dims, const std::vector<Dim>& index) {
  std::vector<Digit> digits;
  for (std::size_t k = 0; k < dims.size(); ++k) {
    Dim rest = index[k];
    for (std::size_t f = dims[k].size(); f-- > 0;) {
      const Factor& factor = dims[k][f];
      if (f == 0) {
        digits.push_back({factor, rest});
      } else {
        const Dim above = quotient(rest, factor.size);
        digits.push_back({factor, rest - above * factor.size});
        rest = above;
      }
    }
  }
  return digits;
}

}  // namespace

std::optional<std::vector<Dim>> index_before_view(const std::vector<LayoutDim>& from,
                                                  const std::vector<LayoutDim>& to,
                                                  const std::vector<Dim>& index) {
  std::vector<Dim> source(from.size(), Dim(0));
  const std::vector<std::size_t> places = sized(from);
  const std::vector<std::size_t> targets = sized(to);
  const bool same = places.size() == targets.size() &&
                    std::ranges::equal(places, targets, [&](std::size_t a, std::size_t b) {
                      return from[a] == to[b] || size_of(from[a]) == size_of(to[b]);
                    });
  if (same) {
    for (std::size_t k = 0; k < places.size(); ++k) source[places[k]] = index[targets[k]];
    return source;
  }
  const std::vector<Digit> digits = digits_of(to, index);
  for (std::size_t k = 0; k < from.size(); ++k)
    for (const Factor& factor : from[k]) {
      const auto digit = std::ranges::find_if(
          digits, [&](const Digit& candidate) { return candidate.factor == factor; });
      if (digit == digits.end()) return std::nullopt;
      source[k] = source[k] * factor.size + digit->value;
    }
  return source;
}

}  // namespace ortopt::attention
