#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "ortopt/base/terminal_text.h"
#include "ortopt/report/comparison_report.h"
#include "ortopt/report/grid.h"
#include "ortopt/report/reason.h"
#include "report/comparison_words.h"
#include "report/units.h"

namespace ortopt {
namespace {

std::string sentences(const std::string& title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string out = "\n" + title + "\n";
  for (const std::string& line : lines) out += "  " + printable(line) + "\n";
  return out;
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

std::string value_line(const MeasuredValue& value) {
  return fmt::format("{:>9}  {}{}", short_number(value.difference), value.name,
                     value.layer.empty() ? "" : " (" + value.layer + ")");
}

/// Where the two part, and what was looked at to find it.
std::vector<std::string> bisected(const Bisection& bisection) {
  std::vector<std::string> out = {bisection.text};
  if (!bisection.found) return out;
  if (!bisection.stands_for.empty())
    out.push_back(fmt::format("it stands for {} node{} of the baseline, the last of them '{}'",
                              bisection.stands_for.size(),
                              bisection.stands_for.size() == 1 ? "" : "s",
                              bisection.stands_for.front()));
  out.push_back(
      fmt::format("differences of values, as a share of their size (with {}):", bisection.sample));
  for (const MeasuredValue& value : bisection.before) out.push_back(value_line(value));
  out.push_back(value_line(bisection.at) + "  <- here");
  if (bisection.output != bisection.at.name)
    for (const MeasuredValue& value : bisection.measured)
      if (value.name == bisection.output) out.push_back(value_line(value));
  if (!bisection.immaterial.empty()) {
    out.emplace_back("different, but not what makes the output differ:");
    for (const MeasuredValue& value : bisection.immaterial) out.push_back(value_line(value));
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
  if (comparison.bisection) out += sentences("Bisected", bisected(*comparison.bisection));
  std::vector<std::string> notes = comparison.match.notes;
  notes.insert(notes.end(), comparison.notes.begin(), comparison.notes.end());
  out += sentences("Notes", notes);
  out += "\n" + printable(brief_reason(conclusion(comparison))) + "\n";
  return out;
}

}  // namespace ortopt
