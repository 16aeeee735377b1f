#include "precision/inner_gauges.h"

#include <cmath>
#include <optional>

namespace ortopt {
namespace {

constexpr const char* scores = "the bound of its scores";

std::optional<int64_t> last_size(const Value& value, const Analysis& facts) {
  const auto size = facts.dim(value, -1);
  return size ? size->constant() : std::nullopt;
}

bool has_rank(const Value* value, std::size_t rank, const Analysis& facts) {
  return value != nullptr && facts.rank(*value) == rank;
}

/// |q · k| ≤ ‖q‖ · ‖k‖.
Gauge bound_of_scores(Value& query_lengths, Value& key_lengths, double scale, GaugeBuilder& to) {
  Value& bound = to.product(to.peak(query_lengths), to.peak(key_lengths));
  return {scores, to.largest(to.product(bound, to.number(std::abs(scale))))};
}

double scale_of(const Node& node, int64_t head_size) {
  const float given = node.float_attribute("scale", 0);
  return given != 0 ? static_cast<double>(given) : 1 / std::sqrt(static_cast<double>(head_size));
}

/// Queries and keys of rank 3, each with its heads side by side.
std::vector<Gauge> gauge_scores(const Node& node, Value& query, Value& key, int64_t heads,
                                int64_t key_heads, GaugeBuilder& to) {
  const auto width = last_size(query, to.facts());
  if (!width || heads <= 0 || key_heads <= 0 || *width % heads != 0) return {};
  return {bound_of_scores(to.lengths(query, heads), to.lengths(key, key_heads),
                          scale_of(node, *width / heads), to)};
}

/// x · W + b holds queries, keys and values, which are multiplied from there on.
std::vector<Gauge> gauge_packed_attention(const Node& node, GaugeBuilder& to) {
  const int64_t heads = node.int_attribute("num_heads", 0);
  if (!has_rank(node.input(0), 3, to.facts()) || !has_rank(node.input(1), 2, to.facts()) ||
      heads <= 0)
    return {};
  const auto width = last_size(*node.input(1), to.facts());
  if (!width) return {};
  const std::vector<int64_t> sizes = node.ints_attribute("qkv_hidden_sizes")
                                         .value_or(std::vector<int64_t>{*width / 3, *width / 3});
  if (sizes.size() < 2 || sizes[0] % heads != 0 || sizes[1] % heads != 0) return {};
  Value* packed = &to.matrix_product(*node.input(0), *node.input(1));
  if (node.input(2) != nullptr) packed = &to.add(*packed, *node.input(2));
  return {{"the largest of its projections", to.largest(*packed)},
          bound_of_scores(to.lengths(to.part(*packed, 0, sizes[0]), heads),
                          to.lengths(to.part(*packed, sizes[0], sizes[0] + sizes[1]), heads),
                          scale_of(node, sizes[0] / heads), to)};
}

std::vector<Gauge> gauge_multi_head_attention(const Node& node, GaugeBuilder& to) {
  Value* query = node.input(0);
  Value* key = node.input(1);
  if (!has_rank(query, 3, to.facts()) || !has_rank(key, 3, to.facts())) return {};
  const int64_t heads = node.int_attribute("num_heads", 0);
  const auto width = last_size(*query, to.facts());
  if (!width || heads <= 0 || *width % heads != 0) return {};
  Value* full_query = query;
  if (Value* bias = node.input(3); bias != nullptr) {
    full_query = &to.add(*query, to.part(*bias, 0, *width));
    key = &to.add(*key, to.part(*bias, *width, 2 * *width));
  }
  return {bound_of_scores(to.lengths(*full_query, heads), to.lengths(*key, heads),
                          scale_of(node, *width / heads), to)};
}

std::vector<Gauge> gauge_group_query_attention(const Node& node, GaugeBuilder& to) {
  if (!has_rank(node.input(0), 3, to.facts()) || !has_rank(node.input(1), 3, to.facts())) return {};
  return gauge_scores(node, *node.input(0), *node.input(1), node.int_attribute("num_heads", 0),
                      node.int_attribute("kv_num_heads", 0), to);
}

std::vector<Gauge> gauge_standard_attention(const Node& node, GaugeBuilder& to) {
  Value* query = node.input(0);
  Value* key = node.input(1);
  if (has_rank(query, 3, to.facts()) && has_rank(key, 3, to.facts()))
    return gauge_scores(node, *query, *key, node.int_attribute("q_num_heads", 0),
                        node.int_attribute("kv_num_heads", 0), to);
  if (!has_rank(query, 4, to.facts()) || !has_rank(key, 4, to.facts())) return {};
  const auto head_size = last_size(*query, to.facts());
  if (!head_size) return {};
  return {bound_of_scores(to.lengths(*query), to.lengths(*key), scale_of(node, *head_size), to)};
}

Value& sum_of(const Node& node, std::size_t bias_slot, GaugeBuilder& to) {
  Value* sum = &to.add(*node.input(0), *node.input(1));
  if (Value* bias = node.input(bias_slot); bias != nullptr) sum = &to.add(*sum, *bias);
  return *sum;
}

/// Kernels for half floats sum squares in half precision, unless they are told to be strict.
std::vector<Gauge> gauge_skip_norm(const Node& node, std::size_t bias_slot, GaugeBuilder& to) {
  Value& sum = sum_of(node, bias_slot, to);
  return {{"its sum", to.largest(sum)},
          {"the mean of its squares", to.largest(to.mean_square(sum))}};
}

}  // namespace

// What an activation computes inside may overflow and is right all the same: the cube of FastGelu
// becomes ±infinity, of which the Tanh is ±1.
std::vector<Gauge> add_inner_gauges(const Node& node, GaugeBuilder& to) {
  constexpr const char* contrib = "com.microsoft";
  if (node.is(contrib, "Attention")) return gauge_packed_attention(node, to);
  if (node.is(contrib, "MultiHeadAttention")) return gauge_multi_head_attention(node, to);
  if (node.is(contrib, "GroupQueryAttention")) return gauge_group_query_attention(node, to);
  if (node.is("Attention")) return gauge_standard_attention(node, to);
  if (node.is(contrib, "SkipLayerNormalization")) return gauge_skip_norm(node, 4, to);
  if (node.is(contrib, "SkipSimplifiedLayerNormalization")) return gauge_skip_norm(node, 3, to);
  const bool adds_bias = node.is(contrib, "BiasGelu") || node.is(contrib, "FastGelu");
  if (adds_bias && node.input(1) != nullptr)
    return {{"its sum", to.largest(to.add(*node.input(0), *node.input(1)))}};
  return {};
}

}  // namespace ortopt
