#include "ortopt/pass/rewriter.h"

#include <algorithm>
#include <utility>

#include "ortopt/base/error.h"
#include "ortopt/ir/model.h"
#include "ortopt/ir/recipe.h"

namespace ortopt {
namespace {

/// Operator sets that the runtime defines; the model has to import what it uses.
constexpr Opset contrib_opset{1};

bool is_dead(const Node& node) {
  return std::ranges::all_of(
      node.outputs(), [](const Value* output) { return output == nullptr || output->is_dead(); });
}

/// A use of `value` in the graph that owns it: the reader itself, or the node that holds the
/// reader's graph.
const Node& reader_in(const Graph& graph, const Use& use) {
  const Node* reader = use.node;
  while (&reader->graph() != &graph) reader = reader->graph().owner();
  return *reader;
}

/// For the log: what was made, or else what went.
std::string description_of(const Rewrite& record) {
  if (!record.made.empty()) return record.made + " '" + record.node + "'";
  std::string names;
  for (const std::string& name : record.replaced) names += (names.empty() ? "'" : "', '") + name;
  return names.empty() ? "a value read by other nodes" : "without " + names + "'";
}

}  // namespace

Rewriter::Rewriter(std::string_view pass, Node& at, Context& context)
    : pass_(pass), at_(&at), graph_(&at.graph()), context_(&context) {}

Rewriter::Rewriter(std::string_view pass, Graph& graph, Context& context)
    : pass_(pass), at_(nullptr), graph_(&graph), context_(&context) {}

const Analysis& Rewriter::facts() const { return context_->analysis(); }

Value& Rewriter::node(const std::string& domain, const std::string& op, std::vector<Value*> inputs,
                      Attributes attributes) {
  const Value* namesake = at_ != nullptr   ? at_->output()
                          : inputs.empty() ? nullptr
                                           : inputs.front();
  const std::string name = namesake != nullptr ? namesake->name()
                           : at_ != nullptr    ? at_->name()
                                               : op;
  return *node(NodeSpec{.domain = domain,
                        .op = op,
                        .inputs = std::move(inputs),
                        .outputs = {name + "_" + op},
                        .attributes = std::move(attributes)})
              .output();
}

Node& Rewriter::node(NodeSpec spec) {
  while (!spec.inputs.empty() && spec.inputs.back() == nullptr) spec.inputs.pop_back();
  if (!spec.domain.empty() && !graph_->model().opset(spec.domain))
    graph_->model().set_opset(spec.domain, contrib_opset);
  Node& made = graph_->insert(std::move(spec), at_);
  if (context_->has_analysis()) context_->analysis().extend(made);
  made_.push_back(&made);
  return made;
}

Value& Rewriter::constant(const std::string& wished_name, const Tensor& content) {
  const std::string key = content_key(content);
  const auto same = [&](const Value* value) {
    return value != nullptr && value->initializer() != nullptr &&
           value->initializer()->dtype() == content.dtype() &&
           value->initializer()->dims() == content.dims() &&
           content_key(*value->initializer()) == key;
  };
  // The wished name and those that `unique_name` made of it.
  for (std::string name = wished_name; Value* existing = graph_->find(name);) {
    if (same(existing)) return *existing;
    const std::size_t mark =
        name.size() == wished_name.size() ? 0 : std::stoul(name.substr(wished_name.size() + 1));
    name = wished_name + "_" + std::to_string(mark + 1);
  }
  return graph_->add_initializer(wished_name, content);
}

bool Rewriter::is_made_here(const Value& value) const {
  return value.producer() != nullptr && std::ranges::find(made_, value.producer()) != made_.end();
}

void Rewriter::replace(Value& old, Value& by) {
  if (&old == &by) return;
  // Values further down keep their axes, so that they are seen to meet.
  if (context_->has_analysis()) context_->analysis().replaced(old, by);
  for (const Use& use : old.uses())
    if (by.producer() != nullptr && reader_in(by.graph(), use).precedes(*by.producer()))
      is_out_of_order_ = true;
  graph_->replace_uses(old, by);
  replace_outputs(old, by);
  if (old.producer() != nullptr) given_up_.push_back(old.producer());
  if (is_made_here(by) && &by.graph() == &old.graph()) successors_.emplace_back(&old, &by);
}

void Rewriter::replace_outputs(Value& old, Value& by) {
  if (!old.is_graph_output()) return;
  for_each_graph(old.graph(), [&](Graph& graph) {
    for (std::size_t k = 0; k < graph.outputs().size(); ++k) {
      if (graph.outputs()[k] != &old) continue;
      graph.set_output(k, by);
      // A value that cannot take the output's name gets an Identity.
      const Node* made = graph.outputs()[k]->producer();
      if (graph.outputs()[k] != &by && context_->has_analysis()) context_->analysis().extend(*made);
    }
  });
}

void Rewriter::set_output(std::size_t index, Value& value) { graph_->set_output(index, value); }

void Rewriter::set_input(Node& node, std::size_t slot, Value* value) {
  const Node* producer = value == nullptr ? nullptr : value->producer();
  if (producer != nullptr && reader_in(value->graph(), {&node, slot}).precedes(*producer))
    is_out_of_order_ = true;
  if (Value* before = node.input(slot); before != nullptr && before->producer() != nullptr)
    given_up_.push_back(before->producer());
  graph_->set_input(node, slot, value);
}

void Rewriter::set_attribute(Node& node, const std::string& name, const AttributeValue& value) {
  node.set_attribute(name, value);
}

void Rewriter::finish(Value& made, std::span<Node* const> candidates) {
  Rewrite record{.pass = pass_};
  if (const Node* node = made.producer()) {
    record.made = node->qualified_op();
    record.node = node->name();
  }
  finish(std::move(record), candidates);
}

void Rewriter::finish(std::span<Node* const> candidates) {
  finish(Rewrite{.pass = pass_}, candidates);
}

void Rewriter::finish(Rewrite record, std::span<Node* const> candidates) {
  std::vector<Node*> pending(candidates.begin(), candidates.end());
  pending.insert(pending.end(), given_up_.begin(), given_up_.end());
  record.replaced = remove(std::move(pending));
  if (is_out_of_order_)
    ensure(graph_->restore_order().has_value(), "a rewrite made a circle of nodes");
  // The name of a value that is computed otherwise now tells where two models part.
  for (const auto& [old, by] : successors_)
    if (old->producer() == nullptr && !by->is_graph_output()) by->graph().rename(*by, old->name());
  if (context_->logger().enabled(LogLevel::debug))
    context_->logger().debug(pass_ + ": " + description_of(record));
  context_->facts().rewrites.push_back(std::move(record));
}

namespace {

/// What `node` and the graphs nested in it read.
void add_needs(const Node& node, std::vector<Value*>& needs) {
  for (Value* input : node.inputs())
    if (input != nullptr) needs.push_back(input);
  for (const auto& [name, nested] : node.graphs()) {
    for (const Node& inner : nested->nodes()) add_needs(inner, needs);
    for (Value* output : nested->outputs()) needs.push_back(output);
  }
}

void forget(const Node& node, Analysis& analysis) {
  for (const Value* output : node.outputs())
    if (output != nullptr) analysis.forget(*output);
  for (const auto& [name, nested] : node.graphs()) {
    for (const Value* input : nested->inputs()) analysis.forget(*input);
    for (const Value* initializer : nested->initializers()) analysis.forget(*initializer);
    for (const Node& inner : nested->nodes()) forget(inner, analysis);
  }
}

bool is_in_its_graph(const Value& value) { return value.graph().find(value.name()) == &value; }

}  // namespace

std::vector<std::string> Rewriter::remove(std::vector<Node*> pending) {
  std::vector<std::string> names;
  while (!pending.empty()) {
    Node* node = pending.back();
    pending.pop_back();
    if (node->is_removed() || !is_dead(*node)) continue;
    std::vector<Value*> needs;
    add_needs(*node, needs);
    names.push_back(node->label());
    if (context_->has_analysis()) forget(*node, context_->analysis());
    node->graph().remove(*node);
    for (Value* value : needs) {
      if (!value->is_dead() || !is_in_its_graph(*value)) continue;
      if (value->producer() != nullptr) pending.push_back(value->producer());
      if (value->initializer() == nullptr) continue;
      if (context_->has_analysis()) context_->analysis().forget(*value);
      value->graph().remove_initializer(*value);
    }
  }
  return names;
}

}  // namespace ortopt
