#include "shape/step.h"

#include <algorithm>
#include <utility>

namespace ortopt::shape {

Step::Step(Knowledge& knowledge, const Node& node) : knowledge_(&knowledge), node_(&node) {
  inputs_.reserve(node.inputs().size());
  for (const Value* input : node.inputs())
    inputs_.push_back(input == nullptr ? nullptr : knowledge.find(*input));
  outputs_.resize(node.outputs().size());
}

const Dims* Step::dims(std::size_t slot) const {
  const Record* record = in(slot);
  return record != nullptr && record->layout ? &record->layout->dims : nullptr;
}

const Offsets& Step::offsets(std::size_t slot) const {
  static const Offsets none;
  const Record* record = in(slot);
  return record != nullptr && record->layout ? record->layout->offsets : none;
}

const ShapeValue* Step::content(std::size_t slot) const {
  Record* record = in(slot);
  return record == nullptr ? nullptr : knowledge_->content(*record);
}

std::optional<std::vector<Dim>> Step::dims_of(std::size_t slot) const {
  const ShapeValue* known = content(slot);
  return known == nullptr ? std::nullopt : known->as_dims();
}

std::optional<std::vector<int64_t>> Step::ints_of(std::size_t slot) const {
  const auto dims = dims_of(slot);
  if (!dims) return std::nullopt;
  std::vector<int64_t> numbers;
  for (const Dim& dim : *dims) {
    const auto number = dim.constant();
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

Step::List Step::list(std::string_view attribute, std::size_t slot) const {
  if (auto numbers = node_->ints_attribute(attribute)) return {std::move(numbers), false};
  if (node_->input(slot) == nullptr) return {std::nullopt, true};
  return {ints_of(slot), false};
}

bool Step::is_constant(std::size_t slot) const {
  const Record* record = in(slot);
  return record != nullptr && record->is_from_constants();
}

void Step::set(std::size_t slot, const Dims& dims, Offsets offsets) {
  if (slot >= outputs_.size()) return;
  Layout& layout = outputs_[slot].layout.emplace();
  layout.dims.reserve(dims.size());
  for (const LayoutDim& dim : dims) layout.dims.push_back(normalised(dim));
  layout.offsets = std::move(offsets);
}

void Step::set_content(std::size_t slot, ShapeValue content) {
  if (slot < outputs_.size())
    outputs_[slot].content = std::make_shared<const ShapeValue>(std::move(content));
}

void Step::keep_content(std::size_t from, std::size_t slot) {
  const ShapeValue* known = content(from);
  if (known == nullptr || slot >= outputs_.size() || !outputs_[slot].layout) return;
  const auto sizes = static_sizes(outputs_[slot].layout->dims);
  if (sizes && content_size(outputs_[slot].layout->dims) == known->elements.size())
    set_content(slot, {*sizes, known->elements});
}

std::string Step::name_of_birth(std::string_view birth) const {
  const Value* output = node_->output();
  std::string name(birth);
  if (output != nullptr) {
    if (!name.empty()) name += ':';
    name += output->name();
  }
  return name;
}

LayoutDim Step::fresh(std::string_view birth, const Dim& size, AxisKind kind) {
  if (size.is(1)) return {};
  return knowledge_->fresh(
      {.name = name_of_birth(birth), .size = size, .kind = kind, .node = node_});
}

LayoutDim Step::fresh_copy(std::string_view birth, const Dim& size) {
  if (size.is(1)) return {};
  return knowledge_->fresh(
      {.name = name_of_birth(birth), .size = size, .node = node_, .is_copy = true});
}

const Axis& Step::add_heads(const Dim& size) {
  return knowledge_->add_axis({.name = name_of_birth("heads"),
                               .size = size,
                               .kind = AxisKind::projection,
                               .node = node_,
                               .is_heads = true});
}

Dim Step::unknown(std::size_t axis, std::size_t slot) const {
  const Value* value = node_->output(slot);
  return value == nullptr ? Dim::symbol("?") : knowledge_->unknown_size(*value, axis);
}

int rank_of(const LayoutDim& dim) {
  int rank = -1;
  for (const Factor& factor : dim) rank = std::max(rank, static_cast<int>(factor.axis->kind));
  return rank;
}

const LayoutDim& better(const LayoutDim& a, const LayoutDim& b) {
  return rank_of(a) >= rank_of(b) ? a : b;
}

std::optional<std::vector<int64_t>> static_sizes(const Dims& dims) {
  std::vector<int64_t> sizes;
  sizes.reserve(dims.size());
  for (const LayoutDim& dim : dims) {
    const auto size = size_of(dim).constant();
    if (!size) return std::nullopt;
    sizes.push_back(*size);
  }
  return sizes;
}

std::optional<std::size_t> content_size(const Dims& dims) {
  std::size_t count = 1;
  for (const LayoutDim& dim : dims) {
    const auto size = size_of(dim).constant();
    if (!size || *size < 0 || *size > static_cast<int64_t>(max_content)) return std::nullopt;
    count *= static_cast<std::size_t>(*size);
    if (count > max_content) return std::nullopt;
  }
  return count;
}

Dim quotient(const Dim& a, const Dim& b) {
  if (const auto exact = a.divided_by(b)) return *exact;
  if (a.constant() && b.constant() && *b.constant() != 0 && *b.constant() != -1)
    return *a.constant() / *b.constant();
  const bool is_size = a.is_nonnegative() == true && b.is_nonnegative() == true;
  return Dim::symbol((is_size ? "(" : "~(") + a.text() + ")//(" + b.text() + ")");
}

}  // namespace ortopt::shape
