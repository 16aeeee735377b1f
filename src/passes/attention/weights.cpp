#include "passes/attention/weights.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <numeric>
#include <optional>

#include "ortopt/ir/recipe.h"
#include "passes/attention/origins.h"

namespace ortopt::attention {
namespace {

/// A dimension of numbers as (size, stride) pairs; nothing when one is symbolic.
using Digits = std::vector<std::pair<int64_t, int64_t>>;

std::optional<Digits> digits_of(const LayoutDim& dim, const Axis* axis) {
  Digits digits;
  for (const Factor& factor : dim) {
    const auto size = factor.size.constant();
    const auto stride = factor.stride.constant();
    if (factor.axis != axis || !size || !stride) return std::nullopt;
    digits.emplace_back(*size, *stride);
  }
  return digits;
}

/// The axis index of every position along `digits`, outermost first.
std::vector<int64_t> indices_of(const Digits& digits, int64_t offset) {
  std::vector<int64_t> indices = {offset};
  for (const auto& [size, stride] : digits) {
    std::vector<int64_t> finer;
    finer.reserve(indices.size() * static_cast<std::size_t>(size));
    for (const int64_t index : indices)
      for (int64_t digit = 0; digit < size; ++digit) finer.push_back(index + digit * stride);
    indices = std::move(finer);
  }
  return indices;
}

std::optional<int64_t> offset_of(const Value& value, const Axis* axis, const Analysis& facts) {
  const Layout* layout = facts.layout(value);
  if (layout == nullptr) return std::nullopt;
  const auto found = layout->offsets.find(axis);
  return found == layout->offsets.end() ? 0 : found->second.constant();
}

bool is_run(const std::vector<int64_t>& indices, int64_t from) {
  for (std::size_t k = 0; k < indices.size(); ++k)
    if (indices[k] != from + static_cast<int64_t>(k)) return false;
  return true;
}

/// The weight of an Einsum as [inputs, features].
Recognised<Tensor> einsum_matrix(const Operand& operand, const Tensor& weight) {
  const Node& einsum = *operand.projection;
  const auto equation = Equation::of(einsum);
  if (!equation || equation->terms.size() != 2) return refuse("Einsum without a plain equation");
  const std::size_t slot = einsum.input(1) == operand.weight ? 1 : 0;
  const std::string& own = equation->terms[slot];
  const std::string& source = equation->terms[1 - slot];
  std::string summed;
  for (const char letter : source)
    if (!has(equation->result, letter)) summed += letter;
  std::string order = summed;
  for (const char letter : own)
    if (has(equation->result, letter)) {
      if (has(source, letter)) return refuse("Einsum has a weight for each batch");
      order += letter;
    }
  if (!source.ends_with(summed) || order.size() != own.size())
    return refuse("Einsum sums over other axes than the last of its source");
  std::vector<int64_t> perm;
  int64_t inputs = 1;
  for (const char letter : order) {
    if (!has(own, letter)) return refuse("Einsum sums over an axis that the weight has not");
    perm.push_back(static_cast<int64_t>(own.find(letter)));
    if (has(summed, letter)) inputs *= weight.dims()[own.find(letter)];
  }
  return transposed(weight, perm).reshaped({inputs, weight.element_count() / inputs});
}

/// The weight of an operand's projection as [inputs, features].
Recognised<Tensor> matrix_of(const Operand& operand, const Analysis& facts) {
  const Node& projection = *operand.projection;
  const Tensor& weight = *facts.constant(*operand.weight);
  if (projection.is("Einsum")) return einsum_matrix(operand, weight);
  if (projection.input(1) != operand.weight)
    return refuse("a projection has its weight on the left");
  const std::vector<int64_t>& dims = weight.dims();
  if (dims.size() < 2 || weight.element_count() != dims.back() * dims[dims.size() - 2])
    return refuse("a projection has another weight for each batch");
  Tensor matrix = weight.reshaped({dims[dims.size() - 2], dims.back()});
  if (!projection.is("Gemm")) return matrix;
  if (projection.int_attribute("transA", 0) != 0) return refuse("a projection turns its source");
  constexpr std::array<int64_t, 2> turned = {1, 0};
  return projection.int_attribute("transB", 0) != 0 ? transposed(matrix, turned) : matrix;
}

/// Which entry of a bias constant belongs to each feature of `axis`: by the layout of the sum.
Recognised<std::map<int64_t, int64_t>> entries_by_feature(const BiasTerm& bias, const Axis* axis,
                                                          const Analysis& facts) {
  const Layout* layout = facts.layout(*bias.sum);
  const std::vector<int64_t>& dims = facts.constant(*bias.constant)->dims();
  const auto offset = offset_of(*bias.sum, axis, facts);
  if (layout == nullptr || !offset || dims.size() > layout->rank())
    return refuse("a bias is added where the layout is unknown");
  std::vector<std::pair<int64_t, int64_t>> pairs = {{*offset, 0}};  // feature, entry
  for (std::size_t k = 0; k < layout->rank(); ++k) {
    const std::size_t padding = layout->rank() - dims.size();
    const int64_t size = k < padding ? 1 : dims[k - padding];
    const LayoutDim& dim = layout->dims[k];
    const bool is_feature =
        std::ranges::any_of(dim, [&](const Factor& factor) { return factor.axis == axis; });
    if (!is_feature) {
      if (size != 1) return refuse("a bias is different for different positions");
      continue;
    }
    const auto digits = digits_of(dim, axis);
    if (!digits) return refuse("a bias is added where features and positions are merged");
    const std::vector<int64_t> steps = indices_of(*digits, 0);
    std::vector<std::pair<int64_t, int64_t>> finer;
    for (const auto& [feature, entry] : pairs)
      for (std::size_t at = 0; at < steps.size(); ++at)
        finer.emplace_back(feature + steps[at],
                           entry * size + (size == 1 ? 0 : static_cast<int64_t>(at)));
    if (size != 1 && size != std::ssize(steps)) return refuse("a bias does not fit its sum");
    pairs = std::move(finer);
  }
  return std::map<int64_t, int64_t>(pairs.begin(), pairs.end());
}

/// One bias term as a vector over `columns`.
Recognised<Tensor> bias_vector(const BiasTerm& bias, double factor, const Axis* axis,
                               const std::vector<int64_t>& columns, const Analysis& facts) {
  const auto entries = entries_by_feature(bias, axis, facts);
  if (!entries) return tl::unexpected<Refusal>(entries.error());
  const Tensor& constant = *facts.constant(*bias.constant);
  std::vector<int64_t> taken_entries;
  for (const int64_t column : columns) {
    const auto found = entries->find(column);
    if (found == entries->end()) return refuse("a bias lacks entries for some features");
    taken_entries.push_back(found->second);
  }
  Tensor vector = constant.reshaped({constant.element_count()});
  if (!is_run(taken_entries, 0) || std::ssize(taken_entries) != constant.element_count())
    vector = taken(vector, 0, taken_entries);
  return factor == 1 ? vector : scaled(vector, factor);
}

Recognised<Tensor> sum_of(const Tensor& a, const Tensor& b) {
  const auto left = a.numbers();
  const auto right = b.numbers();
  if (!a.is_small() || !b.is_small() || !left || !right) return refuse("two large biases");
  std::vector<double> sum(left->size());
  std::ranges::transform(*left, *right, sum.begin(), std::plus<>());
  return Tensor::of(a.dtype(), a.dims(), sum);
}

Tensor zeros(DataType type, int64_t size) {
  return Tensor::of(type, {size}, std::vector<double>(static_cast<std::size_t>(size), 0.0));
}

/// Weight and bias of one operand.
struct Part {
  std::vector<int64_t> columns;
  Tensor weight;
  Tensor bias;
  bool is_whole_weight = false;  ///< The columns are all columns, in order.
};

Recognised<Part> part_of(const Operand& operand, bool keeps_scale, const Analysis& facts) {
  auto columns = columns_of(operand, facts);
  if (!columns) return tl::unexpected<Refusal>(columns.error());
  auto matrix = matrix_of(operand, facts);
  if (!matrix) return tl::unexpected<Refusal>(matrix.error());
  const int64_t width = matrix->dims()[1];
  if (std::ranges::any_of(*columns, [&](int64_t at) { return at < 0 || at >= width; }))
    return refuse("features lie outside their weight");
  const double scale = keeps_scale ? 1 : operand.scale;
  auto bias = bias_of(operand, *columns, operand.biases.size(), scale, facts);
  if (!bias) return tl::unexpected<Refusal>(bias.error());
  if (bias->dtype() != DataType::undefined && bias->dtype() != matrix->dtype())
    return refuse("a bias has another type than its weight");
  Part part{.columns = std::move(*columns), .weight = std::move(*matrix), .bias = std::move(*bias)};
  if (!is_run(part.columns, 0) || std::ssize(part.columns) != width)
    part.weight = taken(part.weight, 1, part.columns);
  if (keeps_scale && operand.scale != 1) part.weight = scaled(part.weight, operand.scale);
  return part;
}

/// The graph's own packed weight, when queries, keys and values are its columns in that order.
Value* packed_already(const Sdpa& sdpa, const std::vector<Part>& parts, const Analysis& facts) {
  const Value* weight = sdpa.query.weight;
  if (weight != sdpa.key.weight || weight != sdpa.value.weight || sdpa.value.scale != 1)
    return nullptr;
  if (sdpa.query.projection->is("Einsum") || sdpa.query.projection->int_attribute("transB", 0) != 0)
    return nullptr;
  int64_t from = 0;
  for (const Part& part : parts) {
    if (!is_run(part.columns, from)) return nullptr;
    from += std::ssize(part.columns);
  }
  const Tensor& content = *facts.constant(*weight);
  if (content.dims().size() != 2 || content.dims()[1] != from) return nullptr;
  return sdpa.query.weight;
}

/// The graph's own packed bias, when every operand takes its part of it unscaled.
Value* bias_already(const Sdpa& sdpa, const Value* packed_weight, const Analysis& facts) {
  if (packed_weight == nullptr || sdpa.query.biases.size() != 1) return nullptr;
  const BiasTerm& bias = sdpa.query.biases.front();
  for (const Operand* operand : {&sdpa.query, &sdpa.key, &sdpa.value})
    if (operand->biases.size() != 1 || operand->biases.front().constant != bias.constant ||
        operand->biases.front().scale != operand->scale ||
        operand->projection != sdpa.query.projection)
      return nullptr;
  const std::vector<int64_t>& dims = facts.constant(*bias.constant)->dims();
  if (dims.size() != 1 || dims[0] != facts.constant(*packed_weight)->dims()[1]) return nullptr;
  return bias.constant;
}

}  // namespace

Recognised<std::vector<int64_t>> columns_of(const Operand& operand, const Analysis& facts) {
  const Axis* axis = operand.feature().axis;
  LayoutDim all = operand.heads;
  all.push_back(operand.feature());
  const auto digits = digits_of(all, axis);
  const auto offset = offset_of(*operand.value, axis, facts);
  if (!digits || !offset) return refuse("heads are not cut at numbers");
  return indices_of(*digits, *offset);
}

Recognised<Tensor> bias_of(const Operand& operand, const std::vector<int64_t>& columns,
                           std::size_t count, double scale, const Analysis& facts) {
  Tensor total;
  for (std::size_t k = 0; k < count; ++k) {
    const BiasTerm& bias = operand.biases[k];
    auto vector = bias_vector(bias, bias.scale / scale, operand.feature().axis, columns, facts);
    if (!vector) return vector;
    if (total.dtype() == DataType::undefined) {
      total = std::move(*vector);
    } else {
      auto sum = sum_of(total, *vector);
      if (!sum) return sum;
      total = std::move(*sum);
    }
  }
  return total;
}

Tensor joined_biases(std::vector<Tensor> biases, const std::vector<int64_t>& sizes, DataType type) {
  const bool none = std::ranges::all_of(
      biases, [](const Tensor& bias) { return bias.dtype() == DataType::undefined; });
  if (none) return zeros(type, std::accumulate(sizes.begin(), sizes.end(), int64_t{0}));
  for (std::size_t k = 0; k < biases.size(); ++k)
    if (biases[k].dtype() == DataType::undefined) biases[k] = zeros(type, sizes[k]);
  return concatenated(biases, 0);
}

Recognised<PackedProjection> packed_projection(const Sdpa& sdpa, const Analysis& facts) {
  std::vector<Part> parts;
  for (const Operand* operand : {&sdpa.query, &sdpa.key, &sdpa.value}) {
    auto part = part_of(*operand, operand == &sdpa.value, facts);
    if (!part) return tl::unexpected<Refusal>(part.error());
    if (!parts.empty() && (part->weight.dtype() != parts.front().weight.dtype() ||
                           part->weight.dims()[0] != parts.front().weight.dims()[0]))
      return refuse("projections have different types or inputs");
    parts.push_back(std::move(*part));
  }
  PackedProjection packed;
  packed.weight.name = sdpa.query.weight->name() + "_qkv";
  packed.weight.existing = packed_already(sdpa, parts, facts);
  std::vector<Tensor> weights;
  std::vector<Tensor> biases;
  std::vector<int64_t> sizes;
  for (Part& part : parts) {
    sizes.push_back(std::ssize(part.columns));
    weights.push_back(std::move(part.weight));
    biases.push_back(std::move(part.bias));
  }
  if (packed.weight.existing == nullptr) packed.weight.content = concatenated(weights, 1);
  packed.bias.existing = bias_already(sdpa, packed.weight.existing, facts);
  packed.bias.name = sdpa.query.biases.empty()
                         ? sdpa.query.weight->name() + "_qkv_bias"
                         : sdpa.query.biases.front().constant->name() + "_qkv";
  if (packed.bias.existing == nullptr)
    packed.bias.content = joined_biases(std::move(biases), sizes, weights.front().dtype());
  return packed;
}

}  // namespace ortopt::attention
