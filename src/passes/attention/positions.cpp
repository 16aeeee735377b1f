#include "passes/attention/positions.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "passes/attention/origins.h"

namespace ortopt::attention {
namespace {

bool contains(const std::vector<Factor>& factors, const Factor& factor) {
  return std::ranges::find(factors, factor) != factors.end();
}

/// Which role each batch factor of an operand has, in order: `BH`.
std::string roles_of(const Operand& operand) {
  std::string roles;
  for (const LayoutDim& dim : operand.batch)
    for (const Factor& factor : dim)
      roles += contains(operand.heads, factor) ? 'H' : contains(operand.copies, factor) ? 'R' : 'B';
  return roles;
}

/// Whether the source walks the axis already: then it repeats no heads, but is a batch that was
/// made by copying (class tokens and probes are one row for all of the batch).
bool is_of_source(const Axis& axis, const Operand& operand, const Analysis& facts) {
  const Layout* source = operand.weight == nullptr ? nullptr : facts.layout(*operand.source);
  return source != nullptr && std::ranges::any_of(source->dims, [&](const LayoutDim& dim) {
           return std::ranges::any_of(dim, [&](const Factor& f) { return f.axis == &axis; });
         });
}

/// How many trailing dimensions of its source a projection sums over.
std::size_t summed_dimensions(const Operand& operand) {
  const auto equation =
      operand.projection->is("Einsum") ? Equation::of(*operand.projection) : std::nullopt;
  if (!equation || equation->terms.size() != 2) return 1;
  const std::size_t source = operand.projection->input(0) == operand.source ? 0 : 1;
  return static_cast<std::size_t>(std::ranges::count_if(
      equation->terms[source], [&](char letter) { return !has(equation->result, letter); }));
}

/// The factors on one axis, in their order.
LayoutDim part_on(const Axis* axis, const LayoutDim& factors) {
  LayoutDim part;
  for (const Factor& factor : factors)
    if (factor.axis == axis) part.push_back(factor);
  return normalised(part);
}

/// Whether two products walk the same axes, in whatever order.
bool walk_the_same(const LayoutDim& one, const LayoutDim& other) {
  return std::ranges::all_of(std::array{&one, &other}, [&](const LayoutDim* product) {
    return std::ranges::all_of(*product, [&](const Factor& factor) {
      return part_on(factor.axis, one) == part_on(factor.axis, other);
    });
  });
}

std::optional<Refusal> check_heads(const Sdpa& sdpa) {
  const std::string query = roles_of(sdpa.query);
  for (const Operand* operand : {&sdpa.key, &sdpa.value}) {
    if (!operand->copies.empty() || !sdpa.query.copies.empty()) continue;
    if (operand->weight == nullptr || sdpa.query.weight == nullptr) continue;
    std::string wanted = query;
    if (operand->head_count.is(1)) std::erase(wanted, 'H');  // one kv head is broadcast
    if (roles_of(*operand) != wanted)
      return Refusal{"heads stand at different places: " + query + " and " + roles_of(*operand)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> check_operand(const Operand& operand, const Analysis& facts) {
  for (std::size_t k = 1; k < operand.heads.size(); ++k) {
    const auto order = (operand.heads[k - 1].stride - operand.heads[k].stride).is_nonnegative();
    if (order != true) return Refusal{"head digits are out of order"};
  }
  for (const LayoutDim& dim : operand.batch)
    for (std::size_t k = 1; k < dim.size(); ++k)
      if (contains(operand.copies, dim[k - 1]) && contains(operand.heads, dim[k]))
        return Refusal{"kv heads are tiled (g kv), not repeated (kv g)"};
  if (operand.weight == nullptr || operand.past != nullptr || !operand.copies.empty())
    return std::nullopt;
  // What a convolution gives is read as it is, never its source.
  if (operand.projection->is("Conv")) return std::nullopt;
  const Layout* source = facts.layout(*operand.source);
  if (source == nullptr) return Refusal{"the source of an operand has no known layout"};
  const std::size_t summed = summed_dimensions(operand);
  if (source->rank() < summed) return Refusal{"a projection does not fit its source"};
  const LayoutDim walked =
      flattened({source->dims.begin(), source->dims.end() - static_cast<std::ptrdiff_t>(summed)});
  if (!walk_the_same(leading_axes(operand), walked))
    return Refusal{"an operand walks " + text_of({leading_axes(operand)}) + ", its source " +
                   text_of({walked})};
  return std::nullopt;
}

LayoutDim source_features(const Operand& operand, const Analysis& facts) {
  const Layout* source = facts.layout(*operand.source);
  const auto summed = std::min(summed_dimensions(operand), source->rank());
  return flattened({source->dims.end() - static_cast<std::ptrdiff_t>(summed), source->dims.end()});
}

LayoutDim batch_of(const Sdpa& sdpa) {
  LayoutDim query = normalised(sdpa.query.rest);
  LayoutDim key = normalised(sdpa.key.rest);
  const bool is_copied =
      std::ranges::all_of(query, [](const Factor& factor) { return factor.axis->is_copy; });
  return is_copied && size_of(query) == size_of(key) ? key : query;
}

LayoutDim leading_axes(const Operand& operand) {
  std::vector<LayoutDim> dims;
  for (const LayoutDim& dim : operand.batch) {
    LayoutDim kept;
    for (const Factor& factor : dim)
      if (!contains(operand.heads, factor) && !contains(operand.copies, factor))
        kept.push_back(factor);
    dims.push_back(std::move(kept));
  }
  dims.push_back(operand.row);
  return flattened(dims);
}

std::optional<Refusal> divide_axes(Operand& operand, const Analysis& facts) {
  if (operand.features.size() != 1)
    return Refusal{"a feature axis has no single identity: " + text_of({operand.features})};
  const Factor& feature = operand.feature();
  for (const LayoutDim& dim : operand.batch)
    for (const Factor& factor : dim) {
      auto& role = factor.axis == feature.axis ? operand.heads
                   : factor.axis->is_copy && !is_of_source(*factor.axis, operand, facts)
                       ? operand.copies
                       : operand.rest;
      role.push_back(factor);
    }
  operand.head_size = feature.size;
  operand.head_count = 1;
  for (const Factor& head : operand.heads) operand.head_count = operand.head_count * head.size;
  if (operand.weight != nullptr && feature.axis->node != operand.projection)
    return Refusal{"a feature axis is not that of the projection found"};
  if (operand.weight == nullptr && operand.heads.empty())
    for (std::size_t k = 1; k < operand.batch.size(); ++k)
      operand.head_count = operand.head_count * size_of(operand.batch[k]);
  return std::nullopt;
}

std::optional<Refusal> check_positions(const Sdpa& sdpa, const Analysis& facts) {
  for (const Operand* operand : {&sdpa.query, &sdpa.key, &sdpa.value})
    if (auto refusal = check_operand(*operand, facts)) return refusal;
  if (auto refusal = check_heads(sdpa)) return refusal;
  if (sdpa.key.row != sdpa.value.row && size_of(sdpa.key.row) != size_of(sdpa.value.row))
    return Refusal{"keys and values differ in length: " + size_of(sdpa.key.row).text() + " and " +
                   size_of(sdpa.value.row).text()};
  if (sdpa.query.weight == nullptr) return std::nullopt;
  const Layout* output = facts.layout(*sdpa.outputs.back());
  if (output == nullptr || output->dims.empty() || output->dims.back().size() != 1)
    return std::nullopt;  // an Einsum merges: lowering looks at its axes
  const Factor& last = output->dims.back().front();
  if (!last.axis->is_heads || last.size != last.axis->size) return std::nullopt;
  const LayoutDim walked = flattened({output->dims.begin(), output->dims.end() - 1});
  const LayoutDim wanted = flattened({batch_of(sdpa), sdpa.query.row});
  if (!walk_the_same(walked, wanted))
    return Refusal{"the output walks " + text_of({walked}) +
                   ", not what the query does: " + text_of({wanted})};
  return std::nullopt;
}

const Value* stripped_source(const Value* value, const Analysis& facts) {
  while (value != nullptr && value->producer() != nullptr) {
    const Node& node = *value->producer();
    if (!is_view(node) || node.is("Cast") || node.is("CastLike") || value->output_index() != 0)
      break;
    const Layout* here = facts.layout(*value);
    const Layout* above = facts.layout(*node.input(0));
    if (here == nullptr || above == nullptr ||
        !walk_the_same(flattened(here->dims), flattened(above->dims)))
      break;
    value = node.input(0);
  }
  return value;
}

}  // namespace ortopt::attention
