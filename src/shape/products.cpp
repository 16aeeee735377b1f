#include "shape/products.h"

#include <algorithm>

#include "shape/rules.h"

namespace ortopt::shape {
namespace {

Dims padded(const Dims& dims, std::size_t rank) {
  Dims result(rank - std::min(rank, dims.size()));
  result.insert(result.end(), dims.begin(), dims.end());
  return result;
}

/// Leading dimensions of two operands, matched by broadcasting.
Dims batch_of(Step& step, const Dims& left, const Dims& right) {
  Dims batch;
  for (std::size_t k = 0; k + 2 < left.size(); ++k) {
    if (!left[k].empty() && !right[k].empty())
      step.require_equal(size_of(left[k]), size_of(right[k]), Agreement::broadcast);
    batch.push_back(better(left[k], right[k]));
  }
  return batch;
}

Dims product_dims(Step& step, const Operand& left, const Operand& right, const Dims& a,
                  const Dims& b) {
  const Dims batch = batch_of(step, a, b);
  const LayoutDim& row = a[a.size() - 2];
  const LayoutDim& column = b.back();
  if (left.is_probabilities) return join_heads(step, {batch, {row}, {column}});
  if (right.is_probabilities) {
    // Transposed: values × probabilities.
    Dims dims = join_heads(step, {batch, {column}, {row}});
    std::swap(dims[dims.size() - 2], dims[dims.size() - 1]);
    return dims;
  }
  if (!left.is_constant && !right.is_constant) step.out().scores = {step.node().output(), false};
  Dims dims = batch;
  dims.push_back(row);
  dims.push_back(column);
  return dims;
}

}  // namespace

std::optional<Operand> operand(const Step& step, std::size_t slot) {
  const Record* record = step.in(slot);
  if (record == nullptr || !record->layout) return std::nullopt;
  return Operand{.dims = record->layout->dims,
                 .offsets = &record->layout->offsets,
                 .is_constant = step.is_constant(slot),
                 .is_probabilities = record->probabilities.is_set()};
}

void contract(Step& step, const Operand& left, const Operand& right) {
  if (left.dims.empty() || right.dims.empty()) return;
  const bool left_is_vector = left.dims.size() == 1;
  const bool right_is_vector = right.dims.size() == 1;
  Dims a = left.dims;
  Dims b = right.dims;
  if (left_is_vector) a.insert(a.begin(), LayoutDim());
  if (right_is_vector) b.emplace_back();
  step.require_equal(size_of(a.back()), size_of(b[b.size() - 2]));
  const std::size_t rank = std::max(a.size(), b.size());
  const bool is_projection =
      right.is_constant &&
      std::all_of(b.begin(), b.end() - 2, [](const LayoutDim& dim) { return dim.empty(); });
  Dims dims;
  Offsets offsets = *left.offsets;
  if (is_projection) {
    dims = padded(a, rank);
    dims.back() = step.fresh("", size_of(b.back()),
                             left.is_constant ? AxisKind::constant : AxisKind::projection);
  } else {
    dims = product_dims(step, left, right, padded(a, rank), padded(b, rank));
    offsets.insert(right.offsets->begin(), right.offsets->end());
  }
  if (right_is_vector) dims.pop_back();
  if (left_is_vector) dims.erase(dims.end() - (right_is_vector ? 1 : 2));
  step.set(0, dims, std::move(offsets));
}

Dims join_heads(Step& step, const HeadProduct& product) {
  Dim stride = 1;
  for (const LayoutDim& dim : product.features) stride = stride * size_of(dim);
  const Dim features = stride;
  Dims dims = product.batch;
  std::vector<Factor*> heads;
  for (LayoutDim& dim : dims)
    for (Factor& factor : dim)
      if (factor.axis->kind == AxisKind::projection) heads.push_back(&factor);
  Dim total = features;
  for (const Factor* factor : heads) total = total * factor->size;
  const Axis& axis = step.add_heads(total);
  for (std::size_t k = heads.size(); k-- > 0;) {
    *heads[k] = {&axis, stride, heads[k]->size};
    stride = stride * heads[k]->size;
  }
  dims.insert(dims.end(), product.rows.begin(), product.rows.end());
  dims.push_back({{&axis, 1, features}});
  return dims;
}

void matmul(Step& step) {
  const auto left = operand(step, 0);
  const auto right = operand(step, 1);
  if (left && right) contract(step, *left, *right);
}

void gemm(Step& step) {
  auto left = operand(step, 0);
  auto right = operand(step, 1);
  if (!left || !right || left->dims.size() != 2 || right->dims.size() != 2) return;
  if (step.node().int_attribute("transA", 0) != 0) std::swap(left->dims[0], left->dims[1]);
  if (step.node().int_attribute("transB", 0) != 0) std::swap(right->dims[0], right->dims[1]);
  contract(step, *left, *right);
}

}  // namespace ortopt::shape
