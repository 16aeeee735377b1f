#include <algorithm>

#include "shape/knowledge.h"

namespace ortopt::shape {
namespace {

bool is_born_at(const Axis& axis, const Value& value) {
  return axis.node != nullptr && axis.node == value.producer();
}

/// Whether a value was just made by a rewrite: every axis of it is one that the old value has, or
/// one of its own.
bool is_new(const Layout& layout, const Layout& old, const Value& value) {
  const auto has = [&](const Axis* axis) {
    return std::ranges::any_of(old.dims, [&](const LayoutDim& dim) {
      return std::ranges::any_of(dim, [&](const Factor& f) { return f.axis == axis; });
    });
  };
  for (const LayoutDim& dim : layout.dims)
    for (const Factor& factor : dim)
      if (!is_born_at(*factor.axis, value) && !has(factor.axis)) return false;
  return true;
}

}  // namespace

void Knowledge::rename_axes(const Layout& from, const Layout& to, const Value& birth) {
  if (from.rank() != to.rank()) return;
  for (std::size_t k = 0; k < from.rank(); ++k) {
    const LayoutDim& a = from.dims[k];
    const LayoutDim& b = to.dims[k];
    for (std::size_t f = 0; a.size() == b.size() && f < a.size(); ++f)
      if (a[f].axis != b[f].axis && is_born_at(*a[f].axis, birth) && a[f].stride == b[f].stride &&
          a[f].size == b[f].size)
        rename_axis(*a[f].axis, *b[f].axis);
  }
}

/// Scores and probabilities that come from `old` come from where those of its successor do.
void Knowledge::rename_marks(const Value& old, Mark Record::*mark, const Record& successor) {
  const Value* name = (successor.*mark).value;
  const Record* before = find(old);
  if (name == nullptr || before == nullptr || (before->*mark).value != &old) return;
  for (auto& [value, record] : records_)
    if ((record.*mark).value == &old) (record.*mark).value = name;
}

void Knowledge::replaced(const Value& old, const Value& by) {
  const Record* before = find(old);
  const Record* after = find(by);
  if (after != nullptr) {
    rename_marks(old, &Record::scores, *after);
    rename_marks(old, &Record::probabilities, *after);
  }
  if (before == nullptr || !before->layout || after == nullptr || after->constant) return;
  const bool takes_over =
      !after->layout || (by.producer() != nullptr && is_new(*after->layout, *before->layout, by));
  if (!takes_over) {
    rename_axes(*before->layout, *after->layout, old);
    return;
  }
  for (const LayoutDim& dim : before->layout->dims)
    for (const Factor& factor : dim)
      if (is_born_at(*factor.axis, old)) move_birth(*factor.axis, by.producer());
  Record record = *before;
  record.constant = nullptr;
  record.constant_tried = false;
  record.content_tried = false;
  if (after->layout) rename_axes(*after->layout, *record.layout, by);
  set(by, std::move(record));
}

void Knowledge::rename_axis(const Axis& from, const Axis& to) {
  for (auto& [axis, name] : axis_names_)
    if (name == &from) name = &to;
  axis_names_[&from] = &to;
  ++epoch_;
}

void Knowledge::move_birth(const Axis& axis, const Node* node) {
  const auto found = std::ranges::find_if(axes_, [&](const Axis& a) { return &a == &axis; });
  if (found != axes_.end()) found->node = node;
}

}  // namespace ortopt::shape
