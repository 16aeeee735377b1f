#include <algorithm>

#include "shape/content.h"
#include "shape/rules.h"

namespace ortopt::shape {
namespace {

/// The operands whose shapes meet; bounds of a Clip are scalars beside the point.
std::size_t operand_count(const Step& step) {
  return step.node().is("Clip") ? 1 : step.input_count();
}

/// A quotient of sizes may be a length that is known otherwise.
void settle(Step& step, const std::vector<Element>& operands, Element& quotient) {
  const auto* numerator = operands.size() == 2 ? std::get_if<Dim>(&operands[0]) : nullptr;
  const auto* divisor = operands.size() == 2 ? std::get_if<Dim>(&operands[1]) : nullptr;
  const auto* result = std::get_if<Dim>(&quotient);
  if (numerator != nullptr && divisor != nullptr && result != nullptr)
    quotient = step.knowledge().settled_quotient(*numerator, *divisor, *result);
}

/// Elementwise arithmetic on content, where every operand's is known at least in part.
void elementwise_content(Step& step) {
  const Dims& dims = step.out().layout->dims;
  const auto sizes = content_size(dims) ? static_sizes(dims) : std::nullopt;
  if (!sizes) return;
  std::vector<const ShapeValue*> contents;
  std::vector<std::vector<std::size_t>> positions;
  for (std::size_t k = 0; k < step.input_count(); ++k) {
    if (step.in(k) == nullptr) return;
    const ShapeValue* content = step.content(k);
    if (content == nullptr) return;
    auto places = broadcast_positions(content->dims, *sizes);
    if (!places) return;
    contents.push_back(content);
    positions.push_back(std::move(*places));
  }
  if (contents.empty()) return;
  ShapeValue result{*sizes, {}};
  std::vector<Element> operands(contents.size());
  for (std::size_t i = 0; i < positions[0].size(); ++i) {
    for (std::size_t k = 0; k < contents.size(); ++k)
      operands[k] = contents[k]->elements[positions[k][i]];
    result.elements.push_back(combined(step.node(), step.out().dtype, operands));
    if (step.node().op() == "Div") settle(step, operands, result.elements.back());
  }
  if (std::ranges::any_of(result.elements, is_known)) step.set_content(0, std::move(result));
}

}  // namespace

void elementwise(Step& step) {
  std::vector<std::size_t> operands;
  std::size_t rank = 0;
  for (std::size_t k = 0; k < operand_count(step); ++k) {
    if (step.in(k) == nullptr) continue;
    if (step.dims(k) == nullptr) return;
    operands.push_back(k);
    rank = std::max(rank, step.dims(k)->size());
  }
  if (operands.empty()) return;
  // Axes that meet are named by the first; what is chosen from says more than what chooses.
  if (step.node().is("Where")) std::ranges::rotate(operands, operands.begin() + 1);
  // Of a mask and what it hides the latter names the axes.
  std::ranges::stable_partition(operands, [&](std::size_t k) {
    return step.in(k)->scores.is_set() || step.in(k)->probabilities.is_set();
  });
  Dims result(rank);
  Offsets offsets;
  for (std::size_t place = 0; place < rank; ++place) {
    const LayoutDim* best = &result[place];
    std::size_t owner = operands[0];
    for (const std::size_t k : operands) {
      const Dims& dims = *step.dims(k);
      if (place + dims.size() < rank) continue;
      const LayoutDim& dim = dims[place + dims.size() - rank];
      if (rank_of(dim) > rank_of(*best)) {
        best = &dim;
        owner = k;
      }
    }
    for (const std::size_t k : operands) {
      const Dims& dims = *step.dims(k);
      if (place + dims.size() < rank) continue;
      const LayoutDim& dim = dims[place + dims.size() - rank];
      if (!dim.empty()) step.require_equal(size_of(*best), size_of(dim), Agreement::broadcast);
    }
    // An offset travels with its factor, never alone.
    for (const Factor& factor : *best)
      if (const auto found = step.offsets(owner).find(factor.axis);
          found != step.offsets(owner).end())
        offsets.insert(*found);
    result[place] = *best;
  }
  step.set(0, result, std::move(offsets));
  elementwise_content(step);
}

}  // namespace ortopt::shape
