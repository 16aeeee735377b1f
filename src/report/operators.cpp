#include "ortopt/report/operators.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace ortopt {
namespace {

struct FormOfOperator {
  std::string_view op;  // without domain
  std::string_view form;
};

constexpr std::array<FormOfOperator, 24> forms_of_operators = {{
    {"Attention", "attention"},
    {"MultiHeadAttention", "attention"},
    {"GroupQueryAttention", "attention"},
    {"PackedAttention", "attention"},
    {"PackedMultiHeadAttention", "attention"},
    {"DecoderMaskedMultiHeadAttention", "attention"},
    {"DecoderMaskedSelfAttention", "attention"},
    {"LongformerAttention", "attention"},
    {"SparseAttention", "attention"},
    {"DecoderAttention", "attention"},
    {"LayerNormalization", "layer_norm"},
    {"SimplifiedLayerNormalization", "layer_norm"},
    {"RMSNormalization", "layer_norm"},
    {"SkipLayerNormalization", "skip_layer_norm"},
    {"SkipSimplifiedLayerNormalization", "skip_layer_norm"},
    {"EmbedLayerNormalization", "embed_layer_norm"},
    {"Gelu", "gelu"},
    {"FastGelu", "gelu"},
    {"BiasGelu", "gelu"},
    {"QuickGelu", "gelu"},
    {"GemmFastGelu", "gelu"},
    {"BiasSplitGelu", "gelu"},
    {"RotaryEmbedding", "rotary"},
    {"GemmaRotaryEmbedding", "rotary"},
}};

std::string_view without_domain(std::string_view op) {
  const std::size_t dot = op.rfind('.');
  return dot == std::string_view::npos ? op : op.substr(dot + 1);
}

std::string_view form_of(std::string_view op) {
  for (const FormOfOperator& entry : forms_of_operators)
    if (entry.op == without_domain(op)) return entry.form;
  return {};
}

template <class Visit>
void for_each_node(const Model& model, const Visit& visit) {
  // Graphs hand out mutable nodes; nothing is changed here.
  for_each_graph(const_cast<Graph&>(model.graph()), [&](Graph& graph) {
    for (const Node& node : graph.nodes()) visit(node);
  });
}

/// What the nodes of one operator have in common, or how they vary.
struct Traits {
  std::set<int64_t> heads;
  std::set<int64_t> kv_heads;
  std::size_t causal = 0;
  std::size_t masked = 0;

  void add(const Node& node) {
    if (const auto count = node.int_attribute("num_heads")) heads.insert(*count);
    if (const auto count = node.int_attribute("kv_num_heads")) kv_heads.insert(*count);
    if (node.int_attribute("unidirectional", 0) == 1) ++causal;
    const std::size_t mask_slot = node.op() == "MultiHeadAttention" ? 4 : 3;
    if (node.input(mask_slot) != nullptr) ++masked;
  }

  [[nodiscard]] std::string text(std::size_t count) const {
    std::string out;
    const auto append = [&](const std::string& part) { out += (out.empty() ? "" : ", ") + part; };
    const auto list = [](const std::set<int64_t>& numbers) {
      std::string joined;
      for (const int64_t number : numbers)
        joined += (joined.empty() ? "" : "/") + std::to_string(number);
      return joined;
    };
    const auto part_of = [&](std::size_t part) {
      return part == count ? "" : " (" + std::to_string(part) + " of them)";
    };
    if (!heads.empty()) append(list(heads) + " heads");
    if (!kv_heads.empty()) append(list(kv_heads) + " key/value heads");
    if (heads.empty()) return out;  // Masks belong to attention.
    if (causal > 0) append("causal" + part_of(causal));
    if (masked > 0) append("masked" + part_of(masked));
    return out;
  }
};

std::set<std::string_view> made_of_several(const std::vector<Rewrite>& rewrites) {
  std::set<std::string_view> made;
  for (const Rewrite& rewrite : rewrites)
    if (rewrite.replaced.size() > 1) made.insert(rewrite.made);
  return made;
}

}  // namespace

OperatorCounts count_operators(const Model& model) {
  OperatorCounts counts;
  for_each_node(model, [&](const Node& node) { ++counts[node.qualified_op()]; });
  return counts;
}

const std::vector<std::string_view>& form_names() {
  static const std::vector<std::string_view> names = {
      "attention", "layer_norm", "skip_layer_norm", "embed_layer_norm", "gelu", "rotary"};
  return names;
}

std::size_t count_form(const OperatorCounts& counts, std::string_view form) {
  std::size_t total = 0;
  for (const auto& [op, count] : counts) {
    const std::string_view found = form_of(op);
    const bool is_norm = found == "skip_layer_norm" || found == "embed_layer_norm";
    if (found == form || (form == "layer_norm" && is_norm)) total += count;
  }
  return total;
}

bool is_fused_form(std::string_view op) { return !form_of(op).empty(); }

std::vector<FusedOperator> find_fused_operators(const Model& model, const OperatorCounts& before,
                                                const std::vector<Rewrite>& rewrites) {
  const std::set<std::string_view> made = made_of_several(rewrites);
  std::map<std::string, Traits> traits;
  OperatorCounts counts;
  for_each_node(model, [&](const Node& node) {
    const std::string op = node.qualified_op();
    if (node.domain().empty() && !is_fused_form(op) && !made.contains(op)) return;
    ++counts[op];
    traits[op].add(node);
  });
  std::vector<FusedOperator> fused;
  for (const auto& [op, count] : counts) {
    const auto old = before.find(op);
    if (old == before.end() || old->second < count)
      fused.push_back({op, count, traits.at(op).text(count)});
  }
  std::stable_sort(fused.begin(), fused.end(),
                   [](const auto& a, const auto& b) { return a.count > b.count; });
  return fused;
}

}  // namespace ortopt
