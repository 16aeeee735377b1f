#include "ortopt/shape/layout.h"

namespace ortopt {
namespace {

void append_normalised(LayoutDim& to, const Factor& factor) {
  if (factor.size.is(1)) return;
  if (!to.empty() && to.back().axis == factor.axis &&
      to.back().stride == factor.stride * factor.size) {
    to.back().stride = factor.stride;
    to.back().size = to.back().size * factor.size;
  } else {
    to.push_back(factor);
  }
}

std::string text_of(const Factor& factor) {
  std::string text = factor.axis->name;
  if (!factor.stride.is(1)) text += '/' + factor.stride.text();
  if (factor.size != factor.axis->size) text += ':' + factor.size.text();
  return text;
}

}  // namespace

LayoutDim normalised(const LayoutDim& dim) {
  LayoutDim result;
  result.reserve(dim.size());
  for (const Factor& factor : dim) append_normalised(result, factor);
  return result;
}

Dim size_of(const LayoutDim& dim) {
  Dim size(1);
  for (const Factor& factor : dim) size = size * factor.size;
  return size;
}

LayoutDim flattened(const std::vector<LayoutDim>& dims) {
  LayoutDim result;
  for (const LayoutDim& dim : dims)
    for (const Factor& factor : dim) append_normalised(result, factor);
  return result;
}

std::string text_of(const std::vector<LayoutDim>& dims) {
  std::string text = "[";
  for (const LayoutDim& dim : dims) {
    if (text.size() > 1) text += ' ';
    text += '(';
    for (const Factor& factor : dim) {
      if (text.back() != '(') text += ' ';
      text += text_of(factor);
    }
    text += ')';
  }
  return text + ']';
}

std::vector<Dim> Layout::shape() const {
  std::vector<Dim> sizes;
  sizes.reserve(dims.size());
  for (const LayoutDim& dim : dims) sizes.push_back(size_of(dim));
  return sizes;
}

}  // namespace ortopt
