#include "ortopt/profile/hints.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace ortopt {
namespace {

constexpr std::string_view cpu = "CPUExecutionProvider";

struct Sum {
  double share = 0;
  double calls = 0;
};

template <class Accept>
Sum sum_of(const Profile& profile, const Accept& accept) {
  Sum sum;
  for (const GroupTime& group : profile.operators)
    if (accept(group.name)) {
      sum.share += group.time.share;
      sum.calls += group.time.calls;
    }
  return sum;
}

std::string block_name(const std::string& form, std::size_t count) {
  std::string name = form;
  std::replace(name.begin(), name.end(), '_', ' ');
  return fmt::format("{} {} block{}", count, name, count == 1 ? "" : "s");
}

void hint_at_fusions(const HintFacts& facts, std::vector<Hint>& hints) {
  const std::string command = "ort-opt " + facts.model + " --target " + facts.target;
  for (const FusionOutlook& form : facts.outlook) {
    const bool several = form.gained + form.missed != 1;
    if (form.gained > 0)
      hints.push_back(
          {fmt::format("{} {} not fused in the graph that ran, and ort-opt fuses {}",
                       block_name(form.form, form.gained), form.gained == 1 ? "is" : "are",
                       form.gained == 1 ? "it" : "them"),
           command});
    if (form.missed > 0)
      hints.push_back({fmt::format("{} {} not fused: {}", block_name(form.form, form.missed),
                                   several ? "are" : "is", form.reason),
                       command + " --dry-run --explain"});
  }
}

void hint_at_placement(const Profile& profile, const HintFacts& facts, std::vector<Hint>& hints) {
  const Sum copies =
      sum_of(profile, [](const std::string& op) { return op.starts_with("Memcpy"); });
  if (copies.calls > 0)
    hints.push_back({fmt::format("{:.0f} copies between devices take {:.1f} % of the time: they "
                                 "stand around nodes that their provider has no kernel for",
                                 copies.calls, 100 * copies.share),
                     {}});
  const std::vector<NodeTime> fallbacks = find_fallbacks(profile, facts.providers);
  if (fallbacks.empty()) return;
  double share = 0;
  for (const NodeTime& node : fallbacks) share += node.time.share;
  hints.push_back({fmt::format("{} node{} fell back to the CPU: {:.1f} % of the time, {} "
                               "'{}' among them",
                               fallbacks.size(), fallbacks.size() == 1 ? "" : "s", 100 * share,
                               fallbacks.front().op, fallbacks.front().name),
                   {}});
}

void hint_at_movement(const Profile& profile, std::vector<Hint>& hints) {
  const Sum casts = sum_of(profile, [](const std::string& op) { return op == "Cast"; });
  if (casts.share > 0.03)
    hints.push_back({fmt::format("{:.0f} Cast nodes take {:.1f} % of the time: types change back "
                                 "and forth",
                                 casts.calls, 100 * casts.share),
                     {}});
  constexpr std::array<std::string_view, 12> movers = {
      "Transpose", "Reshape",   "Concat",  "Slice", "Split", "Gather",
      "Expand",    "Unsqueeze", "Squeeze", "Shape", "Where", "ReorderOutput"};
  const Sum moves = sum_of(profile, [&](const std::string& op) {
    return std::find(movers.begin(), movers.end(), op) != movers.end();
  });
  if (moves.share > 0.15)
    hints.push_back(
        {fmt::format("{:.0f} nodes that only move data (Transpose, Reshape, Concat, ...) "
                     "take {:.1f} % of the time",
                     moves.calls, 100 * moves.share),
         {}});
}

void hint_at_overhead(const Profile& profile, const HintFacts& facts, std::vector<Hint>& hints) {
  const double gap = profile.wall.wall > 0 ? profile.wall.gap() / profile.wall.wall : 0;
  if (gap > 0.2)
    hints.push_back(
        {fmt::format("{:.1f} % of the time lies in no node: there are {} nodes of {:.1f} "
                     "us on average; larger batches or fewer nodes help, faster "
                     "kernels do not",
                     100 * gap, profile.nodes.size(),
                     1e3 * profile.wall.kernels /
                         static_cast<double>(std::max<std::size_t>(1, profile.nodes.size()))),
         {}});
  if (facts.profiling_cost > 0.1)
    hints.push_back(
        {fmt::format("profiling makes a run {:.0f} % longer: trust the order of the nodes, and the "
                     "latency that was measured without it",
                     100 * facts.profiling_cost),
         {}});
  const double spread =
      profile.latency.mean > 0 ? profile.latency.deviation / profile.latency.mean : 0;
  if (spread > 0.25)
    hints.push_back(
        {fmt::format("runs differ by {:.0f} % (standard deviation): is the machine busy "
                     "with something else?",
                     100 * spread),
         {}});
}

}  // namespace

std::vector<NodeTime> find_fallbacks(const Profile& profile,
                                     const std::vector<std::string>& providers) {
  const bool asked_for_another =
      std::any_of(providers.begin(), providers.end(),
                  [](const std::string& provider) { return provider != cpu; });
  const bool has_another = std::any_of(
      profile.providers.begin(), profile.providers.end(),
      [](const GroupTime& provider) { return provider.name != cpu && !provider.name.empty(); });
  std::vector<NodeTime> out;
  if (!asked_for_another && !has_another) return out;
  for (const NodeTime& node : profile.nodes)
    if (node.provider == cpu) out.push_back(node);
  std::stable_sort(out.begin(), out.end(),
                   [](const NodeTime& a, const NodeTime& b) { return a.time.mean > b.time.mean; });
  return out;
}

std::vector<Hint> find_hints(const Profile& profile, const HintFacts& facts) {
  std::vector<Hint> hints;
  hint_at_fusions(facts, hints);
  hint_at_placement(profile, facts, hints);
  hint_at_movement(profile, hints);
  hint_at_overhead(profile, facts, hints);
  return hints;
}

}  // namespace ortopt
