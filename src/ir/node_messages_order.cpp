#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "ir/graph_builder.h"
#include "ir/topological_order.h"

namespace ortopt {
namespace {

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;
using Names = std::unordered_set<std::string_view>;

void collect_captures(const onnx::GraphProto& graph, std::vector<std::string_view>& reads);

void collect_reads(const onnx::NodeProto& node, std::vector<std::string_view>& reads) {
  for (const std::string& input : node.input())
    if (!input.empty()) reads.push_back(input);
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    if (attribute.has_g()) collect_captures(attribute.g(), reads);
    for (const onnx::GraphProto& graph : attribute.graphs()) collect_captures(graph, reads);
  }
}

/// Adds the names that `graph` reads and does not define.
void collect_captures(const onnx::GraphProto& graph, std::vector<std::string_view>& reads) {
  Names defined;
  for (const auto& input : graph.input()) defined.insert(input.name());
  for (const auto& initializer : graph.initializer()) defined.insert(initializer.name());
  for (const auto& sparse : graph.sparse_initializer()) defined.insert(sparse.values().name());
  for (const auto& node : graph.node()) defined.insert(node.output().begin(), node.output().end());
  std::vector<std::string_view> inner;
  for (const auto& node : graph.node()) collect_reads(node, inner);
  for (const auto& output : graph.output()) inner.push_back(output.name());
  for (const std::string_view name : inner)
    if (!defined.contains(name)) reads.push_back(name);
}

Needs needs_of(const Nodes& nodes) {
  std::unordered_map<std::string_view, int> producers;
  for (int k = 0; k < nodes.size(); ++k)
    for (const std::string& output : nodes[k].output())
      if (!output.empty()) producers.emplace(output, k);
  Needs needs(static_cast<std::size_t>(nodes.size()));
  std::vector<std::string_view> reads;
  for (int k = 0; k < nodes.size(); ++k) {
    reads.clear();
    collect_reads(nodes[k], reads);
    for (const std::string_view name : reads)
      if (const auto found = producers.find(name); found != producers.end())
        needs[static_cast<std::size_t>(k)].push_back(found->second);
  }
  return needs;
}

std::string label_of(const onnx::NodeProto& node) {
  const bool nameless = node.name().empty() && node.output_size() > 0;
  return nameless ? node.output(0) : node.name();
}

}  // namespace

Result<std::vector<int>> order_of_nodes(const Nodes& nodes) {
  const Needs needs = needs_of(nodes);
  if (is_ordered(needs)) return std::vector<int>();
  TopologicalOrder sorted = topological_order(needs);
  if (sorted.circle.empty()) return std::move(sorted.order);
  constexpr std::size_t shown = 5;
  std::string names;
  for (std::size_t k = 0; k < sorted.circle.size() && k < shown; ++k)
    names += (k == 0 ? "'" : ", '") + label_of(nodes[sorted.circle[k]]) + "'";
  return fail(Code::bad_model, "nodes depend on each other in a circle: " + names);
}

}  // namespace ortopt
