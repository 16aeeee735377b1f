#include "ortopt/passes/flat_mat_mul.h"

#include <algorithm>
#include <optional>

#include "ortopt/pass/rewriter.h"

namespace ortopt {
namespace {

bool is_reshape(const Node* node) {
  return node != nullptr && (node->is("Reshape") || node->is("Flatten") || node->is("Squeeze") ||
                             node->is("Unsqueeze"));
}

/// The node of `value` when it is there for `value`'s one reader alone.
Node* private_producer(const Value& value) {
  return value.is_graph_output() || value.uses().size() != 1 ? nullptr : value.producer();
}

bool is_product_with_a_matrix(const Node* node, const Analysis& facts) {
  return node != nullptr && node->is("MatMul") && facts.is_constant(*node->input(1)) &&
         facts.rank(*node->input(1)) == 2;
}

/// Whether `product` has the rows of `source`, one product each.
bool keeps_rows(const Value& source, const Value& flat, const Value& weight, const Value& product,
                const Analysis& facts) {
  const auto before = facts.shape(source);
  const auto after = facts.shape(product);
  if (!before || !after || before->size() < 2 || before->size() != after->size()) return false;
  const auto columns = facts.dim(weight, 1);
  return before->back() == facts.dim(flat, -1) && columns && after->back() == *columns &&
         std::equal(before->begin(), before->end() - 1, after->begin());
}

/// The value that `product`, a MatMul below a Reshape, may be taken of instead.
Value* unflattened(const Node& last, const Analysis& facts) {
  const Node* product = private_producer(*last.input(0));
  if (!is_product_with_a_matrix(product, facts)) return nullptr;
  const Node* first = product->input(0)->producer();
  if (!is_reshape(first)) return nullptr;
  Value* source = first->input(0);
  return keeps_rows(*source, *product->input(0), *product->input(1), *last.output(), facts)
             ? source
             : nullptr;
}

}  // namespace

Result<Changes> FlatMatMul::run(Graph& graph, Context& context) const {
  Changes changes;
  for (Node* last : graph.node_list()) {
    if (last->is_removed() || !is_reshape(last)) continue;
    Value* source = unflattened(*last, context.analysis());
    if (source == nullptr || !context.selects(id(), *last)) continue;
    Node* product = last->input(0)->producer();
    Rewriter to(id(), *product, context);
    to.replace(*last->output(), to.node("", "MatMul", {source, product->input(1)}));
    Node* const gone[] = {last, product};
    to.finish(gone);
    ++changes.count;
  }
  return changes;
}

}  // namespace ortopt
