#include "ortopt/passes/embed_layer_norm.h"

#include <cstddef>
#include <string>
#include <vector>

#include "ortopt/pass/rewriter.h"
#include "passes/embedding_norm.h"

namespace ortopt {
namespace {

constexpr std::string_view made = "EmbedLayerNormalization";

Value& as_int32(Value& ids, Rewriter& to) {
  if (to.facts().dtype(ids) == DataType::int32) return ids;
  return to.node("", "Cast", {&ids}, {{"to", static_cast<int64_t>(DataType::int32)}});
}

/// Whether somebody but the norm reads the sum.
bool is_read_elsewhere(const EmbeddingNorm& found) {
  if (found.sum == nullptr) return false;
  const std::size_t own_uses = adds_before(*found.norm) ? 0 : 1;
  return found.sum->uses().size() > own_uses || found.sum->is_graph_output();
}

void rewrite(const EmbeddingNorm& found, std::string_view pass, Context& context) {
  Node& norm = *found.norm;
  Rewriter to(pass, norm, context);
  Value* word_ids = &as_int32(*found.word.ids, to);
  Value* segment_ids = found.segment ? &as_int32(*found.segment->ids, to) : nullptr;
  Value* position_ids = found.position.counts_up ? nullptr : &as_int32(*found.position.ids, to);
  Value* position_table = found.position.table != nullptr
                              ? found.position.table
                              : &to.constant("position_embeddings", *found.position.rows);
  const bool sum_is_read = is_read_elsewhere(found);
  Value* beta = found.beta;
  if (beta == nullptr) {
    const Tensor& gamma = *context.analysis().constant(*found.gamma);
    const std::vector<double> zeros(static_cast<std::size_t>(gamma.element_count()), 0.0);
    beta = &to.constant(found.gamma->name() + "_no_beta",
                        Tensor::of(gamma.dtype(), gamma.dims(), zeros));
  }
  const std::string& name = norm.output()->name();
  const std::string mask_index = name + "_mask_index";
  Node& node = to.node(NodeSpec{
      .domain = "com.microsoft",
      .op = std::string(made),
      .inputs = {word_ids, segment_ids, found.word.table, position_table,
                 found.segment ? found.segment->table : nullptr, found.gamma, beta, nullptr,
                 position_ids},
      // The runtime's type inference asks for the mask index, read or not.
      .outputs = sum_is_read ? std::vector<std::string>{name, mask_index, found.sum->name()}
                             : std::vector<std::string>{name, mask_index},
      .attributes = {{"epsilon", norm.float_attribute("epsilon", 1e-5F)}},
      .name = norm.name()});
  if (sum_is_read) to.replace(*found.sum, *node.output(2));
  to.replace(*norm.output(), *node.output());
  Node* const gone[] = {&norm};
  to.finish(*node.output(), gone);
  context.facts().assume(std::string(pass), "ids are neither negative nor beyond 32 bits");
}

/// A LayerNormalization of the last axis, or one that adds before.
bool is_norm(const Node& norm, const Analysis& facts) {
  if (adds_before(norm)) return true;
  if (!norm.is("LayerNormalization")) return false;
  const int64_t axis = norm.int_attribute("axis", -1);
  const auto rank = facts.rank(*norm.input(0));
  return rank && (axis == -1 || axis == static_cast<int64_t>(*rank) - 1);
}

/// Whether `sum` adds up rows that are gathered from a constant table.
bool reads_a_table(const Value& sum, const Analysis& facts) {
  const Node* node = sum.producer();
  if (node == nullptr) return false;
  if (node->is("Gather"))
    return facts.is_constant(*node->input(0)) && facts.rank(*node->input(0)) == 2U;
  return node->is("Add") &&
         (reads_a_table(*node->input(0), facts) || reads_a_table(*node->input(1), facts));
}

}  // namespace

Result<Changes> EmbedLayerNorm::run(Graph& graph, Context& context) const {
  Changes changes;
  for (Node* node : graph.node_list()) {
    if (!is_norm(*node, context.analysis())) continue;
    if (!context.selects(id(), *node)) continue;
    const DataType type = context.analysis().dtype(*node->output());
    const auto found = find_embedding_norm(*node, context.analysis());
    if (!found) {
      // A residual norm further down is no anchor; one whose sum reads a table is.
      if (node->is("LayerNormalization") && reads_a_table(*node->input(0), context.analysis()))
        context.facts().misses.push_back(
            {std::string(id()), node->name(), node->op(), found.error()});
      continue;
    }
    if (const auto objection = context.objection("com.microsoft", made, type)) {
      context.facts().misses.push_back({std::string(id()), node->label(), node->op(), *objection});
      continue;
    }
    rewrite(*found, id(), context);
    ++changes.count;
  }
  return changes;
}

}  // namespace ortopt
