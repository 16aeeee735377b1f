#include <algorithm>
#include <functional>

#include "ortopt/ir/axis.h"
#include "shape/content.h"
#include "shape/rules.h"

namespace ortopt::shape {
namespace {

Dims reduced(const Dims& dims, const std::vector<std::size_t>& axes, int64_t keepdims) {
  Dims result;
  for (std::size_t k = 0; k < dims.size(); ++k) {
    if (std::ranges::find(axes, k) == axes.end())
      result.push_back(dims[k]);
    else if (keepdims != 0)
      result.emplace_back();
  }
  return result;
}

/// Sum, product or extreme of all elements, where every one is known.
void reduce_content(Step& step) {
  const ShapeValue* content = step.content(0);
  const auto sizes = static_sizes(step.out().layout->dims);
  if (content == nullptr || content->elements.empty() || !sizes ||
      content_size(step.out().layout->dims) != 1)
    return;
  const auto elements = content->as_dims();
  if (!elements) return;
  const std::string_view op = step.node().op();
  Dim result = elements->front();
  for (std::size_t k = 1; k < elements->size(); ++k) {
    const Dim& next = (*elements)[k];
    if (op == "ReduceSum") {
      result = result + next;
    } else if (op == "ReduceProd") {
      result = result * next;
    } else if (op == "ReduceMax" || op == "ReduceMin") {
      const auto above = (next - result).is_nonnegative();
      if (!above) return;
      if (*above == (op == "ReduceMax")) result = next;
    } else {
      return;
    }
  }
  step.set_content(0, {*sizes, {result}});
}

}  // namespace

void reduce(Step& step) {
  const Dims* dims = step.dims(0);
  const Step::List given = step.list("axes", 1);
  if (dims == nullptr || (!given.numbers && !given.absent)) return;
  std::vector<int64_t> numbers = given.numbers.value_or(std::vector<int64_t>());
  if (numbers.empty() && step.node().int_attribute("noop_with_empty_axes", 0) == 0)
    for (std::size_t k = 0; k < dims->size(); ++k) numbers.push_back(static_cast<int64_t>(k));
  const auto axes = axes_from_front(numbers, dims->size());
  if (!axes) return;
  step.set(0, reduced(*dims, *axes, step.node().int_attribute("keepdims", 1)), step.offsets(0));
  reduce_content(step);
}

void arg_reduce(Step& step) {
  const Dims* dims = step.dims(0);
  const auto axis = dims == nullptr
                        ? std::nullopt
                        : axis_from_front(step.node().int_attribute("axis", 0), dims->size());
  if (axis) step.set(0, reduced(*dims, {*axis}, step.node().int_attribute("keepdims", 1)));
}

void global_pool(Step& step) {
  const Dims* dims = step.dims(0);
  if (dims == nullptr) return;
  Dims result = *dims;
  for (std::size_t k = 2; k < result.size(); ++k) result[k].clear();
  step.set(0, result, step.offsets(0));
}

void first_input(Step& step) {
  if (step.dims(0) != nullptr) step.set(0, *step.dims(0), step.offsets(0));
}

const Value* softmax_numerator(const Node& node) {
  if (!node.is("Div") || node.input(0) == nullptr || node.input(1) == nullptr) return nullptr;
  const Node* exponential = node.input(0)->producer();
  const Node* sum = node.input(1)->producer();
  const bool is_softmax = exponential != nullptr && exponential->is("Exp") && sum != nullptr &&
                          sum->is("ReduceSum") && sum->input(0) == node.input(0);
  return is_softmax ? node.input(0) : nullptr;
}

void softmax(Step& step) {
  first_input(step);
  if (step.node().is("Softmax")) step.out().probabilities = {step.node().output(), false};
}

}  // namespace ortopt::shape
