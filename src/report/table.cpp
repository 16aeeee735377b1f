#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "ortopt/report/report.h"
#include "report/miss_groups.h"
#include "report/units.h"

namespace ortopt {
namespace {

/// Longer lists end in "... and 5 more": the table is one screen, --explain and --report have all.
constexpr std::size_t longest_list = 8;

std::string without_own_domain(const std::string& op) {
  constexpr std::string_view own = "com.microsoft.";
  return op.starts_with(own) ? op.substr(own.size()) : op;
}

class Table {
 public:
  void line(const std::string& text) { text_ += text + "\n"; }

  void section(const std::string& title) { text_ += "\n" + title + "\n"; }

  template <class Item, class Render>
  void list(const std::string& title, const std::vector<Item>& items, const Render& render,
            std::string_view where_the_rest_is) {
    if (items.empty()) return;
    section(title);
    const std::size_t shown = std::min(items.size(), longest_list);
    for (std::size_t i = 0; i < shown; ++i) line("  " + render(items[i]));
    if (shown < items.size())
      line(fmt::format("  ... and {} more: {}", items.size() - shown, where_the_rest_is));
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string headline(const Report& report) {
  if (report.output.empty()) return report.input + " (nothing written)";
  return report.input + " -> " + report.output;
}

std::string measures(const Report& report) {
  const std::string size = report.output.empty()
                               ? format_bytes(report.input_bytes)
                               : fmt::format("{} -> {}", format_bytes(report.input_bytes),
                                             format_bytes(report.output_bytes));
  return fmt::format("  {}, {} -> {} nodes, {}", size, report.nodes_before, report.nodes_after,
                     format_seconds(report.seconds));
}

std::string fused_line(const FusedOperator& fused) {
  const std::string line = fmt::format("{:5} x {:<24}", fused.count, without_own_domain(fused.op));
  return fused.detail.empty() ? line.substr(0, line.find_last_not_of(' ') + 1)
                              : line + "  " + fused.detail;
}

std::string missed_line(const MissGroup& group) {
  return fmt::format("{:5} x {:<24}  {}: {}", group.size(), without_own_domain(group.front().op),
                     group.front().pass, group.front().reason);
}

std::string itself(const std::string& text) { return text; }

/// The verdict in one sentence; the word "verified" is kept for results that were.
std::string verdict(const Verification& verification) {
  double largest = 0;
  for (const Difference& output : verification.outputs)
    largest = std::max(largest, output.max_relative);
  switch (verification.outcome) {
    case Verification::Outcome::equal:
      return fmt::format(
          "Verified: equal in {} case{} on {}, largest difference {:.1e} (allowed {:.1e}), {}",
          verification.cases.size(), verification.cases.size() == 1 ? "" : "s",
          verification.runtime, largest, verification.tolerance,
          format_seconds(verification.seconds));
    case Verification::Outcome::different:
      return "DIFFERENT: " + verification.reason;
    case Verification::Outcome::not_run:
      break;
  }
  return "Not checked against the original: " +
         (verification.reason.empty() ? std::string("not asked for") : verification.reason);
}

}  // namespace

std::string to_table(const Report& report) {
  Table table;
  table.line(headline(report));
  table.line(measures(report));
  if (report.fused.empty()) {
    table.section("Fused");
    table.line("  nothing matched");
  }
  table.list("Fused", report.fused, fused_line, "--report");
  table.list("Not fused", group_misses(report.facts.misses), missed_line, "--explain");
  table.list(
      "Assumed", report.facts.assumptions,
      [](const AssumedFact& fact) { return fmt::format("{} ({})", fact.text, fact.pass); },
      "--report");
  table.list("Mended on loading", report.notes, itself, "--report");
  table.list("Taken back, because the result differed with it", report.taken_back, itself,
             "--report");
  table.line("");
  table.line(verdict(report.verification));
  return table.take();
}

}  // namespace ortopt
