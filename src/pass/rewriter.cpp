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

}  // namespace

Rewriter::Rewriter(std::string_view pass, Node& at, Context& context)
    : pass_(pass), at_(&at), graph_(&at.graph()), context_(&context) {}

const Analysis& Rewriter::facts() const { return context_->analysis(); }

Value& Rewriter::node(const std::string& domain, const std::string& op, std::vector<Value*> inputs,
                      Attributes attributes) {
  const std::string name = at_->output() != nullptr ? at_->output()->name() : at_->name();
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

void Rewriter::replace(Value& old, Value& by) {
  if (&old == &by) return;
  // What stands for a value keeps its axes, so that passes further down see them meet. A value that
  // was there before has its own.
  const bool is_new = std::ranges::find(made_, by.producer()) != made_.end();
  if (is_new && context_->has_analysis()) context_->analysis().adopt(by, old);
  graph_->replace_uses(old, by);
  const std::vector<Value*> outputs = graph_->outputs();
  for (std::size_t k = 0; k < outputs.size(); ++k)
    if (outputs[k] == &old) graph_->set_output(k, by);
  // Outputs of nested graphs may name a value of this one.
  ensure(!old.is_graph_output(), "a nested graph's output was lost");
}

void Rewriter::set_input(Node& node, std::size_t slot, Value* value) {
  graph_->set_input(node, slot, value);
}

void Rewriter::set_attribute(Node& node, const std::string& name, const AttributeValue& value) {
  node.set_attribute(name, value);
}

void Rewriter::finish(Value& made, std::span<Node* const> candidates) {
  Rewrite record{.pass = pass_};
  if (const Node* node = made.producer()) {
    record.made = node->domain().empty() ? node->op() : node->domain() + "." + node->op();
    record.node = node->name();
  }
  record.replaced = remove(candidates);
  if (made.producer() != nullptr) {
    const bool late = std::ranges::any_of(made.producer()->outputs(), [&](const Value* output) {
      return output != nullptr && std::ranges::any_of(output->uses(), [&](const Use& use) {
               return reader_in(*graph_, use).precedes(*made.producer());
             });
    });
    if (late) ensure(graph_->restore_order().has_value(), "a rewrite made a cycle");
  }
  if (context_->logger().enabled(LogLevel::debug))
    context_->logger().debug(pass_ + ": " + record.made + " '" + record.node + "'");
  context_->facts().rewrites.push_back(std::move(record));
}

void Rewriter::finish(std::span<Node* const> candidates) {
  Rewrite record{.pass = pass_};
  record.replaced = remove(candidates);
  context_->facts().rewrites.push_back(std::move(record));
}

std::vector<std::string> Rewriter::remove(std::span<Node* const> candidates) {
  std::vector<std::string> names;
  std::vector<Node*> pending(candidates.begin(), candidates.end());
  while (!pending.empty()) {
    Node* node = pending.back();
    pending.pop_back();
    if (node->is_removed() || !is_dead(*node)) continue;
    std::vector<Value*> inputs(node->inputs().begin(), node->inputs().end());
    names.push_back(node->name());
    if (context_->has_analysis())
      for (const Value* output : node->outputs())
        if (output != nullptr) context_->analysis().forget(*output);
    Graph& owner = node->graph();
    owner.remove(*node);
    for (Value* input : inputs) {
      if (input == nullptr || !input->is_dead()) continue;
      if (input->producer() != nullptr) pending.push_back(input->producer());
      if (input->initializer() != nullptr && input->graph().find(input->name()) == input) {
        if (context_->has_analysis()) context_->analysis().forget(*input);
        input->graph().remove_initializer(*input);
      }
    }
  }
  return names;
}

}  // namespace ortopt
