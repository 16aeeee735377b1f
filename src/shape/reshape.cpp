#include "shape/content.h"
#include "shape/regroup.h"
#include "shape/rules.h"

namespace ortopt::shape {
namespace {

/// The target shape as far as it is known: elements that are not become sizes of their own. Nothing
/// when even the rank is unknown.
std::optional<std::vector<Dim>> target_sizes(Step& step) {
  if (const auto fixed = step.node().ints_attribute("shape"))
    return std::vector<Dim>(fixed->begin(), fixed->end());
  const Dims* dims = step.dims(1);
  if (dims == nullptr || dims->size() != 1) return std::nullopt;
  const auto rank = content_size(*dims);
  if (!rank) return std::nullopt;
  const ShapeValue* content = step.content(1);
  std::vector<Dim> sizes;
  for (std::size_t k = 0; k < *rank; ++k) {
    const auto known = content == nullptr || k >= content->elements.size()
                           ? std::nullopt
                           : whole_of(content->elements[k]);
    sizes.push_back(known ? *known : step.unknown(k));
  }
  return sizes;
}

}  // namespace

void reshape(Step& step) {
  const Dims* dims = step.dims(0);
  const auto sizes = dims == nullptr ? std::nullopt : target_sizes(step);
  if (!sizes) return;
  const bool copies_zeros = step.node().int_attribute("allowzero", 0) == 0;
  std::vector<Target> targets;
  for (std::size_t k = 0; k < sizes->size(); ++k) {
    const Dim& size = (*sizes)[k];
    if (size.is(-1))
      targets.push_back({});
    else if (copies_zeros && size.is(0) && k < dims->size())
      targets.push_back({size_of((*dims)[k])});
    else
      targets.push_back({size});
  }
  step.set(0, regroup(step, *dims, targets), step.offsets(0));
  step.keep_content(0);
}

}  // namespace ortopt::shape
