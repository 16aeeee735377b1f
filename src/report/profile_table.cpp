#include <fmt/format.h>

#include "ortopt/base/terminal_text.h"
#include "ortopt/report/profile_report.h"
#include "report/profile_grids.h"

namespace ortopt {
namespace {

std::string titled(const std::string& title, const Grid& grid) {
  return grid.rows.empty() ? std::string() : "\n" + title + "\n" + to_text(grid);
}

std::string head(const ProfileReport& report) {
  std::string text = report.subject + "\n";
  for (const auto& [label, value] : profile_grids::facts(report))
    text += fmt::format("  {:<8} {}\n", label, printable(value));
  for (const std::string& remark : profile_grids::remarks(report))
    text += "  note     " + printable(remark) + "\n";
  return text;
}

std::string hint_lines(const std::vector<Hint>& hints) {
  if (hints.empty()) return {};
  std::string text = "\nWhat would help\n";
  for (const Hint& hint : hints) {
    text += "  - " + printable(hint.text) + "\n";
    if (!hint.command.empty()) text += "      " + hint.command + "\n";
  }
  return text;
}

}  // namespace

std::string to_table(const ProfileReport& report) {
  const Profile& profile = report.profile;
  return head(report) + titled("Where the time goes", profile_grids::parts(profile)) +
         titled("By layer", profile_grids::layers(profile)) +
         titled("By operator", profile_grids::operators(profile)) +
         titled("By provider", profile_grids::providers(profile)) +
         titled("Kernels of the device", profile_grids::devices(profile)) +
         titled(fmt::format("Nodes with {:g} % or more", 100 * report.threshold),
                profile_grids::top_nodes(profile, report.threshold)) +
         titled("Fell back to the CPU", profile_grids::fallbacks(report.fallbacks, profile)) +
         hint_lines(report.hints);
}

std::string to_table(const ProfileDifferenceReport& report) {
  const ProfileDifference& difference = report.difference;
  std::string text = "A  " + head(report.before) + "B  " + head(report.after) + "\n";
  for (const std::string& sentence : profile_grids::verdict(report))
    text += printable(sentence) + "\n";
  for (const std::string& remark : difference.remarks) text += "note: " + printable(remark) + "\n";
  return text + titled("Where the difference comes from", profile_grids::parts(difference)) +
         titled("By layer", profile_grids::changes(difference.layers, "layer", difference.wall)) +
         titled("By operator",
                profile_grids::changes(difference.operators, "operator", difference.wall));
}

std::string to_csv(const ProfileReport& report) {
  return to_csv(profile_grids::all_nodes(report.profile));
}

std::string to_csv(const ProfileDifferenceReport& report) {
  Grid grid{.columns = {{"kind", ColumnKind::text},
                        {"name", ColumnKind::text},
                        {"a_ms", ColumnKind::number},
                        {"b_ms", ColumnKind::number},
                        {"difference_ms", ColumnKind::number},
                        {"a_calls", ColumnKind::number},
                        {"b_calls", ColumnKind::number}},
            .rows = {}};
  const auto add = [&](const char* kind, const TimeChange& change) {
    grid.rows.push_back(
        {kind, change.name, fmt::format("{:.6f}", change.before),
         fmt::format("{:.6f}", change.after), fmt::format("{:.6f}", change.difference()),
         fmt::format("{:.3g}", change.calls_before), fmt::format("{:.3g}", change.calls_after)});
  };
  for (const TimeChange& change : report.difference.parts) add("part", change);
  add("part", report.difference.wall);
  for (const TimeChange& change : report.difference.layers) add("layer", change);
  for (const TimeChange& change : report.difference.operators) add("operator", change);
  return to_csv(grid);
}

}  // namespace ortopt
