#include "ortopt/optimise/blame.h"

#include <algorithm>

namespace ortopt {
namespace {

/// `culprits`, and of `passes` all from `first` on.
std::vector<std::string> left_out_from(const std::vector<std::string>& passes, std::size_t first,
                                       const std::vector<std::string>& culprits) {
  std::vector<std::string> out = culprits;
  for (std::size_t i = first; i < passes.size(); ++i)
    if (std::find(culprits.begin(), culprits.end(), passes[i]) == culprits.end())
      out.push_back(passes[i]);
  return out;
}

/// The number of passes, counted from the first, with which the result differs for the first time.
Result<std::size_t> shortest_different_prefix(const std::vector<std::string>& passes,
                                              const std::vector<std::string>& culprits,
                                              EqualWithout is_equal_without) {
  std::size_t equal = 0;
  std::size_t different = passes.size();
  while (different - equal > 1) {
    const std::size_t middle = equal + (different - equal) / 2;
    const Result<bool> is_equal = is_equal_without(left_out_from(passes, middle, culprits));
    if (!is_equal) return pass_on(is_equal.error());
    (*is_equal ? equal : different) = middle;
  }
  return different;
}

}  // namespace

Result<std::vector<std::string>> find_culprits(const std::vector<std::string>& passes,
                                               EqualWithout is_equal_without) {
  const Result<bool> equal_without_all = is_equal_without(passes);
  if (!equal_without_all) return pass_on(equal_without_all.error());
  if (!*equal_without_all)
    return fail(Code::different, "the result differs even with every pass left out");

  std::vector<std::string> culprits;
  while (culprits.size() < passes.size()) {
    const Result<std::size_t> prefix =
        shortest_different_prefix(passes, culprits, is_equal_without);
    if (!prefix) return pass_on(prefix.error());
    const std::string& culprit = passes[*prefix - 1];
    // A culprit that was left out and is met again means that the comparison contradicts itself.
    if (std::find(culprits.begin(), culprits.end(), culprit) != culprits.end()) return passes;
    culprits.push_back(culprit);
    const Result<bool> is_equal = is_equal_without(culprits);
    if (!is_equal) return pass_on(is_equal.error());
    if (*is_equal) return culprits;
  }
  return culprits;
}

}  // namespace ortopt
