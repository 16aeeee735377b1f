#include "report/comparison_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ortopt {
namespace {

std::string share_text(double share) {
  // What is not all must not look like all.
  return share == 1 ? "100 %" : fmt::format("{:.2f} %", std::min(share * 100, 99.99));
}

std::string cosine_text(double cosine) {
  return cosine == 1 ? "1" : fmt::format("{:.7f}", std::min(cosine, 0.9999999));
}

std::string non_finite_text(const Difference& output) {
  const auto text = [](const NonFiniteCounts& counts) {
    return fmt::format("{} nan, {} inf", counts.nan, counts.infinite);
  };
  const std::string one = text(output.expected_non_finite);
  const std::string two = text(output.found_non_finite);
  if (one == two) return one == "0 nan, 0 inf" ? "none" : one;
  return one + " -> " + two;
}

std::string tolerance_text(const Tolerance& tolerance) {
  if (tolerance == Tolerance{}) return "exact";
  if (tolerance.absolute == tolerance.relative) return short_number(tolerance.absolute);
  return fmt::format("{} / {}", short_number(tolerance.absolute), short_number(tolerance.relative));
}

}  // namespace

std::string short_number(double number) {
  if (number == 0 || !std::isfinite(number)) return fmt::format("{:g}", number);
  return fmt::format("{:.1e}", number);
}

std::string verdict_word(Comparison::Outcome outcome) {
  switch (outcome) {
    case Comparison::Outcome::equal:
      return "equal";
    case Comparison::Outcome::different:
      return "DIFFERENT";
    case Comparison::Outcome::not_run:
      break;
  }
  return "not compared";
}

Grid grid_of(const std::vector<Difference>& outputs) {
  using enum ColumnKind;
  Grid grid;
  grid.columns = {{"Output"},           {"Elements", number}, {"Max abs", number},
                  {"Mean abs", number}, {"Max rel", number},  {"Max ULP", number},
                  {"Cosine", number},   {"Top-1", number},    {"Top-5", number},
                  {"NaN and Inf"},      {"Allowed", number},  {"Beyond", number}};
  for (const Difference& output : outputs)
    grid.rows.push_back(
        {output.name, std::to_string(output.elements), short_number(output.max_absolute),
         short_number(output.mean_absolute), short_number(output.max_relative),
         is_floating(output.type) ? fmt::format("{:.6g}", output.max_ulp) : "-",
         cosine_text(output.cosine), output.agreement ? share_text(output.agreement->top1) : "-",
         output.agreement ? share_text(output.agreement->top5) : "-", non_finite_text(output),
         tolerance_text(output.tolerance), std::to_string(output.exceeding)});
  return grid;
}

std::string conclusion(const Comparison& comparison) {
  switch (comparison.outcome) {
    case Comparison::Outcome::equal: {
      double largest = 0;
      for (const Difference& output : comparison.outputs)
        largest = std::max(largest, output.max_relative);
      return fmt::format("Equal: {} outputs in {} samples, largest difference {}",
                         comparison.outputs.size(), comparison.samples.size(),
                         short_number(largest));
    }
    case Comparison::Outcome::different:
      if (comparison.samples.empty()) return "DIFFERENT: " + comparison.reason;
      return fmt::format("DIFFERENT in {} of {} samples: {}", comparison.failed.size(),
                         comparison.samples.size(), comparison.reason);
    case Comparison::Outcome::not_run:
      break;
  }
  return "Not compared: " + comparison.reason;
}

}  // namespace ortopt
