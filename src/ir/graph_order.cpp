#include <onnx/onnx_pb.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ir/topological_order.h"
#include "ortopt/ir/graph.h"

namespace ortopt {
namespace {

// Room for 32 insertions at one place before all labels are made anew.
constexpr int64_t label_gap = int64_t{1} << 32;

}  // namespace

void Graph::link(Node& node, Node* before) {
  node.next_ = before;
  node.previous_ = before == nullptr ? last_ : before->previous_;
  (node.previous_ == nullptr ? first_ : node.previous_->next_) = &node;
  (before == nullptr ? last_ : before->previous_) = &node;
  ++node_count_;

  const int64_t low = node.previous_ == nullptr ? 0 : node.previous_->position_;
  if (before == nullptr) {
    node.position_ = low + label_gap;
    return;
  }
  node.position_ = low + (before->position_ - low) / 2;
  if (node.position_ == low) renumber();
}

void Graph::unlink(Node& node) {
  // The node keeps its own link to the next one, so that an iterator that stands on it can move on.
  (node.previous_ == nullptr ? first_ : node.previous_->next_) = node.next_;
  (node.next_ == nullptr ? last_ : node.next_->previous_) = node.previous_;
  --node_count_;
}

void Graph::renumber() {
  int64_t label = 0;
  for (Node& node : nodes()) node.position_ = label += label_gap;
}

namespace {

/// Calls `visit` with every value of `graph` that `node` needs, through its nested graphs too.
template <class Visit>
void for_each_need(const Graph& graph, const Node& node, const Visit& visit) {
  for (Value* input : node.inputs())
    if (input != nullptr && &input->graph() == &graph) visit(*input);
  for (const auto& [name, nested] : node.graphs()) {
    for (const Node& inner : nested->nodes()) for_each_need(graph, inner, visit);
    for (Value* output : nested->outputs())
      if (&output->graph() == &graph) visit(*output);
  }
}

bool is_ordered(const Graph& graph) {
  for (const Node& node : graph.nodes()) {
    bool ordered = true;
    for_each_need(graph, node, [&](const Value& value) {
      if (value.producer() != nullptr && !value.producer()->precedes(node)) ordered = false;
    });
    if (!ordered) return false;
  }
  return true;
}

std::string circle_text(const std::vector<Node*>& nodes, const std::vector<int>& circle) {
  constexpr std::size_t shown = 5;
  std::string names;
  for (std::size_t k = 0; k < circle.size() && k < shown; ++k)
    names += (k == 0 ? "'" : ", '") + nodes[static_cast<std::size_t>(circle[k])]->label() + "'";
  return "nodes depend on each other in a circle: " + names;
}

}  // namespace

Result<void> Graph::restore_order() {
  if (is_ordered(*this)) return {};
  renumber();
  const std::vector<Node*> nodes_now = node_list();
  Needs needs(nodes_now.size());
  for (std::size_t k = 0; k < nodes_now.size(); ++k)
    for_each_need(*this, *nodes_now[k], [&](const Value& value) {
      if (value.producer() != nullptr)
        needs[k].push_back(static_cast<int>(value.producer()->position_ / label_gap - 1));
    });
  const TopologicalOrder sorted = topological_order(needs);
  if (!sorted.circle.empty()) return fail(Code::bad_model, circle_text(nodes_now, sorted.circle));
  Node* previous = nullptr;
  for (const int index : sorted.order) {
    Node* node = nodes_now[static_cast<std::size_t>(index)];
    node->previous_ = previous;
    (previous == nullptr ? first_ : previous->next_) = node;
    previous = node;
  }
  last_ = previous;
  if (previous != nullptr) previous->next_ = nullptr;
  renumber();
  return {};
}

}  // namespace ortopt
