#include "tests/support/graph_text.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include "ortopt/ir/text.h"

namespace ortopt::test_support {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::unique_ptr<Model> model_of(std::string_view text) {
  Result<std::unique_ptr<Model>> model = parse_text(text);
  if (!model) throw std::runtime_error(model.error().text());
  return *std::move(model);
}

std::string line_diff(std::string_view before, std::string_view after) {
  const auto old_lines = lines_of(before);
  const auto new_lines = lines_of(after);
  // common[i][j]: length of the longest common subsequence of old_lines from i and new_lines from
  // j.
  std::vector<std::vector<std::size_t>> common(old_lines.size() + 1,
                                               std::vector<std::size_t>(new_lines.size() + 1, 0));
  for (std::size_t i = old_lines.size(); i-- > 0;)
    for (std::size_t j = new_lines.size(); j-- > 0;)
      common[i][j] = old_lines[i] == new_lines[j] ? common[i + 1][j + 1] + 1
                                                  : std::max(common[i + 1][j], common[i][j + 1]);
  std::string diff;
  const auto add = [&](const char* mark, std::string_view line) {
    diff += mark;
    diff += line;
    diff += '\n';
  };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < old_lines.size() || j < new_lines.size()) {
    const bool both = i < old_lines.size() && j < new_lines.size();
    if (both && old_lines[i] == new_lines[j]) {
      add("  ", old_lines[i++]);
      ++j;
    } else if (j == new_lines.size() || (both && common[i + 1][j] >= common[i][j + 1])) {
      add("- ", old_lines[i++]);
    } else {
      add("+ ", new_lines[j++]);
    }
  }
  return diff;
}

::testing::AssertionResult same_graph(const Graph& expected, const Graph& found) {
  const std::string expected_text = canonical_text(expected);
  const std::string found_text = canonical_text(found);
  if (expected_text == found_text) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "the graphs differ (- expected, + found):\n"
                                       << line_diff(expected_text, found_text);
}

::testing::AssertionResult same_graph(std::string_view expected, const Graph& found) {
  return same_graph(model_of(expected)->graph(), found);
}

}  // namespace ortopt::test_support
