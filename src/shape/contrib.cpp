#include <utility>

#include "shape/products.h"
#include "shape/rules.h"

namespace ortopt::shape {

void skip_norm(Step& step) {
  first_input(step);
  constexpr std::size_t sum = 3;
  if (step.output_count() <= sum || step.dims(0) == nullptr) return;
  step.set(sum, *step.dims(0), step.offsets(0));
  step.out(sum).dtype = step.in(0)->dtype;
}

void embed_layer_norm(Step& step) {
  const Dims* ids = step.dims(0);
  const Dims* table = step.dims(2);
  const Record* words = step.in(2);
  if (ids == nullptr || table == nullptr || table->size() != 2) return;
  Dims dims = *ids;
  dims.push_back(step.fresh("features", size_of((*table)[1]), AxisKind::input));
  step.set(0, dims);
  if (step.output_count() > 1 && !ids->empty()) {
    step.set(1, {ids->front()});
    step.out(1).dtype = DataType::int32;
  }
  if (step.output_count() > 2) {
    step.set(2, dims);
    step.out(2).dtype = words->dtype;
  }
}

void contrib_projection(Step& step) {
  auto left = operand(step, 0);
  auto right = operand(step, 1);
  const auto is_set = [&](const char* name) { return step.node().int_attribute(name, 0) != 0; };
  if (!left || !right || is_set("transBatchA") || is_set("transBatchB")) return;
  const auto swap_last = [](Dims& dims) {
    if (dims.size() > 1) std::swap(dims[dims.size() - 1], dims[dims.size() - 2]);
  };
  if (is_set("transA")) swap_last(left->dims);
  if (is_set("transB")) swap_last(right->dims);
  contract(step, *left, *right);
}

}  // namespace ortopt::shape
