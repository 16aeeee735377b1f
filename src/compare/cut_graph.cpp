#include "compare/cut_graph.h"

#include <algorithm>
#include <set>
#include <unordered_set>

namespace ortopt {
namespace {

/// What a node reads of its own graph, nested graphs included.
void add_inputs(const Node& node, const Graph& graph, std::vector<const Value*>& values) {
  for (const Value* input : node.inputs())
    if (input != nullptr && &input->graph() == &graph) values.push_back(input);
  for (const auto& [name, nested] : node.graphs()) {
    for (const Node& inner : nested->nodes()) add_inputs(inner, graph, values);
    for (const Value* output : nested->outputs())
      if (&output->graph() == &graph) values.push_back(output);
  }
}

}  // namespace

CutGraph::CutGraph(const Graph& baseline, const Graph& other,
                   const std::vector<std::pair<std::string, std::string>>& outputs) {
  std::unordered_map<std::string, std::string> renamed;
  for (const auto& [one, two] : outputs) renamed.emplace(two, one);
  for (const Node& node : other.nodes())
    for (const Value* output : node.outputs()) {
      if (output == nullptr) continue;
      const auto found = renamed.find(output->name());
      const Value* same = baseline.find(found == renamed.end() ? output->name() : found->second);
      if (same == nullptr || same->producer() == nullptr) continue;
      baseline_places_.emplace(same, cuts_.size());
      other_places_.emplace(output, cuts_.size());
      cuts_.push_back({same, output, {}});
    }
  for (std::size_t i = 0; i < cuts_.size(); ++i) {
    std::vector<const Node*> nodes;
    std::set<std::size_t> before;
    for (const std::size_t cut : nearest(*cuts_[i].other, other_places_, nodes)) before.insert(cut);
    for (const std::size_t cut : nearest(*cuts_[i].baseline, baseline_places_, nodes))
      if (cut < i) before.insert(cut);
    cuts_[i].before.assign(before.begin(), before.end());
  }
}

std::optional<std::size_t> CutGraph::find(const std::string& name) const {
  const auto found =
      std::ranges::find_if(cuts_, [&](const Cut& cut) { return cut.baseline->name() == name; });
  if (found == cuts_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - cuts_.begin());
}

std::vector<std::size_t> CutGraph::ancestors(std::size_t cut) const {
  std::vector<bool> seen(cut, false);
  std::vector<std::size_t> pending = cuts_[cut].before;
  while (!pending.empty()) {
    const std::size_t next = pending.back();
    pending.pop_back();
    if (seen[next]) continue;
    seen[next] = true;
    pending.insert(pending.end(), cuts_[next].before.begin(), cuts_[next].before.end());
  }
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (seen[i]) out.push_back(i);
  return out;
}

std::vector<const Node*> CutGraph::nodes_of(std::size_t cut) const {
  std::vector<const Node*> nodes;
  nearest(*cuts_[cut].baseline, baseline_places_, nodes);
  return nodes;
}

std::vector<std::size_t> CutGraph::nearest(const Value& value, const Places& places,
                                           std::vector<const Node*>& nodes) {
  std::vector<std::size_t> out;
  std::unordered_set<const Value*> seen;
  std::vector<const Value*> pending = {&value};
  while (!pending.empty()) {
    const Value* next = pending.back();
    pending.pop_back();
    if (!seen.insert(next).second) continue;
    const auto cut = places.find(next);
    if (next != &value && cut != places.end()) {
      out.push_back(cut->second);
      continue;
    }
    const Node* producer = next->producer();
    if (producer == nullptr || std::ranges::find(nodes, producer) != nodes.end()) continue;
    nodes.push_back(producer);
    add_inputs(*producer, value.graph(), pending);
  }
  return out;
}

}  // namespace ortopt
