#include "ortopt/shape/analysis.h"

#include <utility>

#include "ortopt/ir/axis.h"
#include "shape/content.h"
#include "shape/knowledge.h"
#include "shape/rules.h"
#include "shape/step.h"

namespace ortopt {

std::optional<std::vector<Dim>> ShapeValue::as_dims() const {
  std::vector<Dim> result;
  result.reserve(elements.size());
  for (const Element& element : elements) {
    auto whole = shape::whole_of(element);
    if (!whole) return std::nullopt;
    result.push_back(std::move(*whole));
  }
  return result;
}

class Analysis::State : public shape::Knowledge {};

Analysis::Analysis(Graph& graph) : state_(std::make_unique<State>()) { state_->learn(graph); }
Analysis::~Analysis() = default;
Analysis::Analysis(Analysis&&) noexcept = default;
Analysis& Analysis::operator=(Analysis&&) noexcept = default;

void Analysis::extend(const Node& node) { state_->learn(node); }

void Analysis::replaced(const Value& old, const Value& by) { state_->replaced(old, by); }
void Analysis::forget(const Value& value) { state_->forget(value); }

DataType Analysis::dtype(const Value& value) const {
  const auto* record = state_->find(value);
  return record == nullptr ? DataType::undefined : record->dtype;
}

const Layout* Analysis::layout(const Value& value) const {
  const auto* record = state_->find(value);
  return record != nullptr && record->layout ? &*record->layout : nullptr;
}

std::optional<std::vector<Dim>> Analysis::shape(const Value& value) const {
  const Layout* known = layout(value);
  return known == nullptr ? std::nullopt : std::optional(known->shape());
}

std::optional<std::size_t> Analysis::rank(const Value& value) const {
  const Layout* known = layout(value);
  return known == nullptr ? std::nullopt : std::optional(known->rank());
}

std::optional<std::vector<int64_t>> Analysis::static_shape(const Value& value) const {
  const Layout* known = layout(value);
  return known == nullptr ? std::nullopt : shape::static_sizes(known->dims);
}

std::optional<Dim> Analysis::dim(const Value& value, int64_t axis) const {
  const Layout* known = layout(value);
  const auto place = known == nullptr ? std::nullopt : axis_from_front(axis, known->rank());
  return place ? std::optional(size_of(known->dims[*place])) : std::nullopt;
}

const ShapeValue* Analysis::shape_value(const Value& value) const {
  auto* record = state_->find(value);
  return record == nullptr ? nullptr : state_->content(*record);
}

std::optional<std::vector<Dim>> Analysis::dims_of(const Value& value) const {
  const ShapeValue* content = shape_value(value);
  return content == nullptr ? std::nullopt : content->as_dims();
}

std::optional<std::vector<int64_t>> Analysis::ints_of(const Value& value) const {
  const auto dims = dims_of(value);
  if (!dims) return std::nullopt;
  std::vector<int64_t> numbers;
  numbers.reserve(dims->size());
  for (const Dim& dim : *dims) {
    const auto number = dim.constant();
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

std::optional<double> Analysis::scalar(const Value& value) const {
  if (const ShapeValue* content = shape_value(value)) {
    if (content->elements.empty()) return std::nullopt;
    const auto first = shape::number_of(content->elements.front());
    for (const Element& element : content->elements)
      if (!first || shape::number_of(element) != first) return std::nullopt;
    return first;
  }
  const Tensor* known = constant(value);
  return known == nullptr ? std::nullopt : known->splat();
}

bool Analysis::is_from_constants(const Value& value) const {
  const shape::Record* record = state_->find(value);
  return record != nullptr && record->is_from_constants();
}

const Tensor* Analysis::constant(const Value& value) const {
  auto* record = state_->find(value);
  return record == nullptr ? nullptr : state_->constant(*record);
}

const Value* Analysis::scores_of(const Value& value) const {
  const auto* record = state_->find(value);
  return record == nullptr ? nullptr : record->scores.value;
}

bool Analysis::carries_scores(const Value& value) const {
  const auto* record = state_->find(value);
  return record != nullptr && record->scores.is_set();
}

const Value* Analysis::softmax_numerator(const Node& node) const {
  return shape::softmax_numerator(node);
}

const std::vector<Assumption>& Analysis::assumptions() const { return state_->assumptions(); }
const std::vector<std::string>& Analysis::losses() const { return state_->losses(); }

}  // namespace ortopt
