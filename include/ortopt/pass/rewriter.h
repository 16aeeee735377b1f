#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ortopt/ir/graph.h"
#include "ortopt/pass/pass.h"

namespace ortopt {

/// The one way in which passes change graphs. Keeps uses, order and graph outputs right, tells the
/// analysis, stamps provenance, and writes the journal (Facts::rewrites). Make one for each
/// rewrite; call `finish` when it is complete.
class Rewriter {
 public:
  /// New nodes go before `at`; they are named after it.
  Rewriter(std::string_view pass, Node& at, Context& context);
  /// New nodes go to the end of `graph`; they are named after their first input.
  Rewriter(std::string_view pass, Graph& graph, Context& context);
  Rewriter(const Rewriter&) = delete;
  Rewriter& operator=(const Rewriter&) = delete;

  [[nodiscard]] Graph& graph() { return *graph_; }
  [[nodiscard]] const Analysis& facts() const;
  [[nodiscard]] Context& context() { return *context_; }

  /// A new node with one output; null inputs are left out. Imports `domain` when the model does
  /// not.
  Value& node(const std::string& domain, const std::string& op, std::vector<Value*> inputs,
              Attributes attributes = {});
  /// A new node with any outputs (NodeSpec::outputs are wished names; empty = left out).
  Node& node(NodeSpec spec);
  /// A new initializer, or an existing one of this rewrite's graph with equal content under the
  /// same wished name.
  Value& constant(const std::string& wished_name, const Tensor& content);

  /// Every reader of `old` reads `by` instead, and `by` takes the place of `old` among graph
  /// outputs (the signature keeps its names). A `by` that this rewrite made is called as `old` was
  /// once that is gone.
  void replace(Value& old, Value& by);
  /// `value` takes the name and the place of output `index`; readers of the old value stay with
  /// that.
  void set_output(std::size_t index, Value& value);
  /// For changes after which the outputs of `node` mean what they meant.
  void set_input(Node& node, std::size_t slot, Value* value);
  /// The same for an attribute, which is added when there is none of that name.
  void set_attribute(Node& node, const std::string& name, const AttributeValue& value);

  /// Removes what nobody reads any more, upwards from the outputs of `candidates`, initializers
  /// included; restores the order where need be; writes the journal. `made` is the value that the
  /// rewrite is about.
  void finish(Value& made, std::span<Node* const> candidates);
  /// The same for a removal.
  void finish(std::span<Node* const> candidates);

 private:
  [[nodiscard]] bool is_made_here(const Value& value) const;
  void replace_outputs(Value& old, Value& by);
  void finish(Rewrite record, std::span<Node* const> candidates);
  /// Removes what is dead of `pending`, upwards; returns the names.
  std::vector<std::string> remove(std::vector<Node*> pending);

  std::string pass_;
  Node* at_;
  Graph* graph_;
  Context* context_;
  std::vector<Node*> made_;
  std::vector<Node*> given_up_;                        // producers of what is not read any more
  std::vector<std::pair<Value*, Value*>> successors_;  // replaced values and what stands for them
  bool is_out_of_order_ = false;
};

}  // namespace ortopt
