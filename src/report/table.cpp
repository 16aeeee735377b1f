#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "ortopt/base/terminal_text.h"
#include "ortopt/report/reason.h"
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
  void line(const std::string& text) { text_ += printable(text) + "\n"; }

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

/// Operators that are kept for one reason.
struct KeptGroup {
  std::string op;
  std::string reason;
  std::size_t count = 0;
  double largest = 0;
  double difference = 0;
};

std::vector<KeptGroup> group_kept(const std::vector<KeptOperator>& kept) {
  std::vector<KeptGroup> groups;
  for (const KeptOperator& each : kept) {
    const auto same = std::ranges::find_if(groups, [&](const KeptGroup& group) {
      return group.op == each.op && group.reason == each.pass + ": " + each.reason;
    });
    KeptGroup& group =
        same == groups.end() ? groups.emplace_back(each.op, each.pass + ": " + each.reason) : *same;
    ++group.count;
    group.largest = std::max(group.largest, each.largest.value_or(0));
    group.difference = std::max(group.difference, each.difference.value_or(0));
  }
  std::ranges::stable_sort(groups, std::ranges::greater{}, &KeptGroup::count);
  return groups;
}

std::string kept_line(const KeptGroup& group) {
  std::string line =
      fmt::format("{:5} x {:<24}  {}", group.count, without_own_domain(group.op), group.reason);
  if (group.largest > 0) line += fmt::format(" (up to {:.3g})", group.largest);
  if (group.difference > 0) line += fmt::format(" (its own by {:.1e})", group.difference);
  return line;
}

std::string mix_line(const MeasuredMix& mix) {
  const std::string line = fmt::format("{}: {} kept, difference {:.1e}, {}", mix.what, mix.kept,
                                       mix.difference, mix.suffices ? "enough" : "not enough");
  return mix.suffices ? line : line + " (" + mix.reason + ")";
}

std::string precision_line(const PrecisionFacts& facts) {
  return fmt::format("  {} operators compute in {}, {} stay in float32; {} Cast{} added",
                     facts.converted, name_of(facts.type), facts.kept.size(), facts.casts,
                     facts.casts == 1 ? "" : "s");
}

/// Numbers that are too small are next to 0 before and after: the JSON report has them.
bool is_clamped(const ConvertedWeight& weight) { return weight.clamped->too_large() > 0; }

std::string clamped_line(const ConvertedWeight& weight) {
  return fmt::format("{}: {}", weight.name, weight.clamped->too_large());
}

void add_precision(const PrecisionFacts& facts, Table& table) {
  if (facts.type == DataType::undefined) return;
  table.section("Precision");
  table.line(precision_line(facts));
  table.list("Kept in float32", group_kept(facts.kept), kept_line, "--report");
  if (facts.measuring)
    table.list(fmt::format("Measured in {} runs", facts.measuring->runs), facts.measuring->mixes,
               mix_line, "--report");
  std::vector<ConvertedWeight> clamped;
  std::ranges::copy_if(facts.weights, std::back_inserter(clamped), is_clamped);
  table.list("Weights with numbers that are too large for the type, and how many", clamped,
             clamped_line, "--report");
}

std::string itself(const std::string& text) { return text; }

/// The verdict in one sentence; the word "verified" is kept for results that were.
std::string verdict(const Verification& verification) {
  double largest = 0;
  double norm = 0;
  double allowed_norm = 0;
  for (const Difference& output : verification.outputs) {
    largest = std::max(largest, output.max_relative);
    norm = std::max(norm, output.relative_norm);
    allowed_norm = std::max(allowed_norm, output.tolerance.norm);
  }
  const std::string norms =
      allowed_norm > 0
          ? fmt::format("norm of the difference {:.1e} (allowed {:.1e}), ", norm, allowed_norm)
          : "";
  const std::string unsteadiness =
      verification.unsteadiness > 0
          ? fmt::format("; by rounding alone, the original itself moves by {:.1e} of its norm",
                        verification.unsteadiness)
          : "";
  switch (verification.outcome) {
    case Verification::Outcome::equal:
      return fmt::format(
          "Verified: equal in {} case{} on {}, {}largest difference {:.1e} (allowed {:.1e}), {}{}",
          verification.cases.size(), verification.cases.size() == 1 ? "" : "s",
          verification.runtime, norms, largest, verification.tolerance,
          format_seconds(verification.seconds), unsteadiness);
    case Verification::Outcome::different:
      return "DIFFERENT: " + brief_reason(verification.reason);
    case Verification::Outcome::not_run:
      break;
  }
  return "Not checked against the original: " + (verification.reason.empty()
                                                     ? std::string("not asked for")
                                                     : brief_reason(verification.reason));
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
  add_precision(report.facts.precision, table);
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
