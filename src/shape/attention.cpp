#include "shape/products.h"
#include "shape/rules.h"

namespace ortopt::shape {
namespace {

/// `[batch, rows, (n d)]` with features of a size of their own.
void set_merged(Step& step, const LayoutDim& batch, const LayoutDim& rows, const Dim& features) {
  Dims dims = {batch, rows, {}};
  if (!features.is(1)) dims[2] = {{&step.add_heads(features), 1, features}};
  step.set(0, dims);
}

/// The size of `value`'s features: of rank 3 the last dimension, of rank 4 heads · head size.
std::optional<Dim> merged_features(const Dims& value) {
  if (value.size() == 3) return size_of(value[2]);
  if (value.size() == 4) return size_of(value[1]) * size_of(value[3]);
  return std::nullopt;
}

void give_types(Step& step) {
  if (step.in(0) == nullptr) return;
  for (Record& output : step.outputs()) output.dtype = step.in(0)->dtype;
}

/// Present keys and values `[batch, heads, length, head size]`, length unknown where there is a
/// past.
void set_present(Step& step, std::size_t slot, const LayoutDim& batch, const Dim& heads,
                 const Dim& head_size) {
  if (slot >= step.output_count()) return;
  step.set(slot, {batch, step.fresh("heads_of_present", heads),
                  step.fresh("length_of_present", step.unknown(2, slot)),
                  step.fresh("features_of_present", head_size)});
}

}  // namespace

void attention(Step& step) {
  const Dims* query = step.dims(0);
  const Dims* key = step.dims(1);
  const Dims* value = step.dims(2);
  if (query == nullptr || value == nullptr || query->size() < 3 || value->size() != query->size())
    return;
  if (query->size() == 4) {
    const Dims& q = *query;
    step.set(0, join_heads(step, {{q[0], q[1]}, {q[2]}, {(*value)[3]}}));
    return;
  }
  // Rank 3: q_num_heads heads of the value's head size.
  const auto query_heads = step.node().int_attribute("q_num_heads");
  const auto value_heads = step.node().int_attribute("kv_num_heads");
  if (!query_heads || !value_heads || key == nullptr) return;
  const auto head_size = size_of((*value)[2]).divided_by(*value_heads);
  if (head_size) set_merged(step, (*query)[0], (*query)[1], *head_size * Dim(*query_heads));
}

void contrib_attention(Step& step) {
  const Dims* input = step.dims(0);
  const Dims* weights = step.dims(1);
  give_types(step);
  if (input == nullptr || weights == nullptr || input->size() != 3 || weights->size() != 2) return;
  const auto sizes = step.node().ints_attribute("qkv_hidden_sizes");
  const auto third = size_of((*weights)[1]).divided_by(3);
  const auto features = sizes && sizes->size() == 3 ? std::optional<Dim>((*sizes)[2]) : third;
  if (!features) return;
  set_merged(step, (*input)[0], (*input)[1], *features);
  const auto heads = step.node().int_attribute("num_heads");
  const auto head_size = heads ? features->divided_by(*heads) : std::nullopt;
  if (!head_size || step.output_count() < 2) return;
  step.set(1,
           {step.fresh("keys_and_values", 2), (*input)[0], step.fresh("heads_of_present", *heads),
            step.fresh("length_of_present", step.unknown(3, 1)),
            step.fresh("features_of_present", *head_size)});
}

void contrib_multi_head_attention(Step& step) {
  const Dims* query = step.dims(0);
  give_types(step);
  if (query == nullptr) return;
  const auto heads = step.node().int_attribute("num_heads");
  std::optional<Dim> features;
  if (query->size() == 5) {
    // Packed `[batch, length, heads, 3, head size]`.
    features = size_of((*query)[2]) * size_of((*query)[4]);
  } else if (query->size() == 3) {
    const Dims* value = step.dims(2);
    const Dims* key = step.dims(1);
    if (value != nullptr) {
      features = merged_features(*value);
    } else if (key != nullptr && key->size() == 5) {
      features = size_of((*key)[2]) * size_of((*key)[4]);  // packed keys and values
    }
  }
  if (!features) return;
  set_merged(step, (*query)[0], (*query)[1], *features);
  const auto head_size = heads ? features->divided_by(*heads) : std::nullopt;
  if (!head_size) return;
  set_present(step, 1, (*query)[0], *heads, *head_size);
  set_present(step, 2, (*query)[0], *heads, *head_size);
}

void contrib_query_attention(Step& step) {
  const Dims* query = step.dims(0);
  give_types(step);
  const auto heads = step.node().int_attribute("num_heads");
  const auto kv_heads = step.node().int_attribute("kv_num_heads");
  if (query == nullptr || query->size() != 3 || !heads || !kv_heads) return;
  Dim width = size_of((*query)[2]);
  const bool is_packed = step.in(1) == nullptr;
  const Dim all_heads = is_packed ? Dim(*heads) + 2 * Dim(*kv_heads) : Dim(*heads);
  const auto head_size = width.divided_by(all_heads);
  if (!head_size) return;
  set_merged(step, (*query)[0], (*query)[1], *head_size * Dim(*heads));
  set_present(step, 1, (*query)[0], *kv_heads, *head_size);
  set_present(step, 2, (*query)[0], *kv_heads, *head_size);
}

}  // namespace ortopt::shape
