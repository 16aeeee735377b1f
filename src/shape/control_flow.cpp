#include <algorithm>

#include "ortopt/ir/axis.h"
#include "shape/rules.h"

namespace ortopt::shape {
namespace {

Graph* nested(const Step& step, std::string_view attribute) {
  const auto& graphs = step.node().graphs();
  const auto found = graphs.find(attribute);
  return found == graphs.end() ? nullptr : found->second.get();
}

/// What is true of a value that is one or the other.
Record either(Step& step, const Record& a, const Record& b) {
  Record result;
  if (a.dtype == b.dtype) result.dtype = a.dtype;
  if (!a.layout || !b.layout || a.layout->rank() != b.layout->rank()) return result;
  Layout& layout = result.layout.emplace();
  for (std::size_t k = 0; k < a.layout->rank(); ++k) {
    const LayoutDim& left = a.layout->dims[k];
    const LayoutDim& right = b.layout->dims[k];
    const Dim size = size_of(left);
    if (left == right)
      layout.dims.push_back(left);
    else
      layout.dims.push_back(step.fresh("either", size == size_of(right) ? size : step.unknown(k)));
  }
  if (a.layout->offsets == b.layout->offsets) layout.offsets = a.layout->offsets;
  return result;
}

/// A value that changes from one iteration to the next: its type and rank stay.
Record carried(Step& step, const Record* initial, const Value& value, bool keeps_sizes) {
  Record record;
  if (initial == nullptr) return record;
  record.dtype = initial->dtype;
  if (!initial->layout || !keeps_sizes) return record;
  Layout& layout = record.layout.emplace();
  for (std::size_t k = 0; k < initial->layout->rank(); ++k)
    layout.dims.push_back(step.knowledge().fresh({.name = value.name() + "." + std::to_string(k),
                                                  .size = size_of(initial->layout->dims[k]),
                                                  .node = &step.node()}));
  return record;
}

/// Outputs that stack what a body gives in each iteration.
Record stacked(Step& step, std::size_t slot, std::size_t axis, const Dim& count,
               const Record* element) {
  Record record;
  if (element == nullptr) return record;
  record.dtype = element->dtype;
  if (!element->layout) return record;
  Layout& layout = record.layout.emplace();
  for (std::size_t k = 0; k < element->layout->rank(); ++k)
    layout.dims.push_back(step.fresh("stacked", size_of(element->layout->dims[k])));
  const auto at = std::min(axis, layout.dims.size());
  layout.dims.insert(layout.dims.begin() + static_cast<std::ptrdiff_t>(at),
                     step.fresh("iteration" + std::to_string(slot), count));
  return record;
}

/// An input of a body: what its declaration says where the loop does not tell.
void declare_input(Step& step, const Value& input, Record record) {
  if (record.dtype == DataType::undefined) record.dtype = input.declared_type();
  step.knowledge().set(input, std::move(record));
}

}  // namespace

void if_then_else(Step& step) {
  Graph* const branches[] = {nested(step, "else_branch"), nested(step, "then_branch")};
  for (Graph* branch : branches) {
    if (branch == nullptr || branch->outputs().size() < step.output_count()) return;
    step.knowledge().learn(*branch);
  }
  const auto condition = step.ints_of(0);
  for (std::size_t k = 0; k < step.output_count(); ++k) {
    const Record* no = step.knowledge().find(*branches[0]->outputs()[k]);
    const Record* yes = step.knowledge().find(*branches[1]->outputs()[k]);
    if (condition && condition->size() == 1) {
      const Record* taken = condition->front() != 0 ? yes : no;
      if (taken != nullptr) step.out(k) = *taken;
    } else if (yes != nullptr && no != nullptr) {
      step.out(k) = either(step, *yes, *no);
    }
  }
}

void loop(Step& step) {
  Graph* body = nested(step, "body");
  if (body == nullptr || body->inputs().size() < 2) return;
  const std::size_t states = body->inputs().size() - 2;
  for (std::size_t k = 0; k < body->inputs().size(); ++k) {
    Record record;
    if (k < 2) {
      record.dtype = k == 0 ? DataType::int64 : DataType::boolean;
      record.layout.emplace();
    } else {
      // A loop may change the sizes of what it carries.
      record = carried(step, step.in(k), *body->inputs()[k], false);
    }
    declare_input(step, *body->inputs()[k], std::move(record));
  }
  step.knowledge().learn(*body);
  for (std::size_t k = 0; k < step.output_count() && k + 1 < body->outputs().size(); ++k) {
    const Record* result = step.knowledge().find(*body->outputs()[k + 1]);
    if (k < states)
      step.out(k) = carried(step, result, *body->outputs()[k + 1], false);
    else
      step.out(k) = stacked(step, k, 0, step.unknown(0, k), result);
  }
}

void scan(Step& step) {
  Graph* body = nested(step, "body");
  const auto scanned = step.node().int_attribute("num_scan_inputs");
  // Before opset 9 there is another input in front.
  const std::size_t inputs = step.input_count();
  if (body == nullptr || !scanned || *scanned < 0 || body->inputs().size() != inputs ||
      static_cast<std::size_t>(*scanned) > inputs)
    return;
  const std::size_t states = inputs - static_cast<std::size_t>(*scanned);
  const auto in_axes = step.node().ints_attribute("scan_input_axes");
  Dim count = step.unknown(0);
  for (std::size_t k = 0; k < inputs; ++k) {
    Record record;
    const Record* given = step.in(k);
    if (k < states) {
      record = carried(step, given, *body->inputs()[k], true);
    } else if (given != nullptr) {
      record.dtype = given->dtype;
      const std::size_t place = k - states;
      const int64_t number = in_axes && place < in_axes->size() ? (*in_axes)[place] : 0;
      const auto axis =
          given->layout ? axis_from_front(number, given->layout->rank()) : std::nullopt;
      if (axis) {
        count = size_of(given->layout->dims[*axis]);
        record.layout = given->layout;
        record.layout->dims.erase(record.layout->dims.begin() + static_cast<std::ptrdiff_t>(*axis));
      }
    }
    declare_input(step, *body->inputs()[k], std::move(record));
  }
  step.knowledge().learn(*body);
  const bool has_axes = step.node().ints_attribute("scan_output_axes").has_value();
  for (std::size_t k = 0; k < step.output_count() && k < body->outputs().size(); ++k) {
    const Record* result = step.knowledge().find(*body->outputs()[k]);
    if (k < states)
      step.out(k) = carried(step, result, *body->outputs()[k], true);
    else if (!has_axes)
      step.out(k) = stacked(step, k, 0, count, result);
  }
}

}  // namespace ortopt::shape
