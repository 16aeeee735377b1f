#include "ortopt/passes/input_int32.h"

#include "ortopt/pass/rewriter.h"

namespace ortopt {
namespace {

bool is_cast_to(const Node& node, DataType type) {
  return node.is("Cast") && node.int_attribute("to", 0) == static_cast<int64_t>(type);
}

/// Whether a reader does the same with int32.
bool takes_any_integer(const Node& reader) {
  return reader.is("Cast") || reader.is("Shape") || reader.is("Size");
}

/// A cast to int32 can go, unless its output has a name to keep.
bool can_go(const Node& reader) {
  return is_cast_to(reader, DataType::int32) && !reader.output()->is_graph_output();
}

void narrow(Value& input, Context& context, std::string_view pass) {
  Graph& graph = input.graph();
  const std::vector<Use> uses = input.uses();
  input.declare(DataType::int32, input.declared_shape());
  Node* const first = graph.empty() ? nullptr : &*graph.nodes().begin();
  if (first == nullptr) return;
  Rewriter to(pass, *first, context);
  Value* widened = nullptr;
  std::vector<Node*> gone;
  for (const Use& use : uses) {
    if (can_go(*use.node)) {
      to.replace(*use.node->output(), input);
      gone.push_back(use.node);
    } else if (!takes_any_integer(*use.node)) {
      if (widened == nullptr)
        widened = &to.node("", "Cast", {&input}, {{"to", static_cast<int64_t>(DataType::int64)}});
      to.set_input(*use.node, use.slot, widened);
    }
  }
  to.finish(gone);
}

}  // namespace

Result<Changes> InputInt32::run(Graph& graph, Context& context) const {
  Changes changes;
  if (graph.owner() != nullptr) return changes;
  for (Value* input : graph.inputs()) {
    if (input->declared_type() != DataType::int64) continue;
    if (input->is_graph_output()) {
      context.facts().warnings.push_back("input '" + input->name() +
                                         "' is an output, too, and stays int64");
      continue;
    }
    narrow(*input, context, id());
    context.facts().assume(std::string(id()), "numbers of '" + input->name() + "' fit in 32 bits");
    ++changes.count;
  }
  // What was known of the inputs' types is not true any more.
  if (changes.count > 0) context.invalidate_analysis();
  return changes;
}

}  // namespace ortopt
