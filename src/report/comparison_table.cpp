#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "ortopt/report/comparison_report.h"
#include "ortopt/report/grid.h"
#include "report/comparison_words.h"
#include "report/units.h"

namespace ortopt {
namespace {

std::string sentences(const std::string& title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  return fmt::format("\n{}\n  {}\n", title, fmt::join(lines, "\n  "));
}

/// Where an output differs, in a few lines.
std::vector<std::string> places(const Comparison& comparison) {
  std::vector<std::string> out;
  for (const Difference& output : comparison.outputs) {
    if (output.equal) continue;
    out.push_back(fmt::format("{}: {}", output.name, output.remark));
    if (output.first_non_finite)
      out.push_back(fmt::format("{}: finite in one model only, first at {} ({})", output.name,
                                output.first_non_finite->text(), output.first_non_finite->sample));
    if (output.worst && output.exceeding > 1)
      out.push_back(fmt::format("{}: largest difference at {} ({})", output.name,
                                output.worst->text(), output.worst->sample));
  }
  return out;
}

/// Names of samples, on one line.
std::string list_samples(const std::vector<std::string>& samples) {
  constexpr std::size_t most = 4;
  const std::size_t shown = std::min(samples.size(), most);
  const std::vector<std::string> first(samples.begin(),
                                       samples.begin() + static_cast<std::ptrdiff_t>(shown));
  return fmt::format("{}{}", fmt::join(first, "; "), samples.size() > most ? "; ..." : "");
}

}  // namespace

std::string to_table(const ComparisonReport& report) {
  const Comparison& comparison = report.comparison;
  std::string out = fmt::format("{} and {}: {}\n", report.baseline, report.other,
                                verdict_word(comparison.outcome));
  if (!comparison.runtime.empty()) out += "  " + comparison.runtime + "\n";
  if (!comparison.samples.empty())
    out += fmt::format("  {} sample{}, {}: {}\n", comparison.samples.size(),
                       comparison.samples.size() == 1 ? "" : "s",
                       format_seconds(comparison.seconds), list_samples(comparison.samples));
  if (!comparison.outputs.empty() && !comparison.samples.empty())
    out += "\n" + to_text(grid_of(comparison.outputs));
  out += sentences("Signatures differ", comparison.match.differences);
  out += sentences("Where", places(comparison));
  std::vector<std::string> notes = comparison.match.notes;
  notes.insert(notes.end(), comparison.notes.begin(), comparison.notes.end());
  out += sentences("Notes", notes);
  out += "\n" + conclusion(comparison) + "\n";
  return out;
}

}  // namespace ortopt
