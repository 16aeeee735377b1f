// Rules of ElementReader that move elements by computed indices.
#include <algorithm>

#include "ortopt/ir/axis.h"
#include "ortopt/ir/node.h"
#include "passes/attention/element.h"

namespace ortopt::attention {
namespace {

/// GatherND by more indices than this gathers no mask.
constexpr int64_t max_depth = 8;

}  // namespace

ExpressionPtr ElementReader::slice(const Node& node, const Index& index) {
  const auto* from = dims(node.input(0));
  if (from == nullptr) return not_understood("Slice of unknown rank");
  const auto numbers = [&](std::size_t slot,
                           const char* attribute) -> std::optional<std::vector<Dim>> {
    if (const auto given = node.ints_attribute(attribute))
      return std::vector<Dim>(given->begin(), given->end());
    return node.input(slot) == nullptr ? std::nullopt : facts_->dims_of(*node.input(slot));
  };
  const auto starts = numbers(1, "starts");
  if (!starts)
    return not_understood("Slice '" + node.name() + "' starts at a position that is not known");
  const auto axes = numbers(3, "axes");
  const auto steps = numbers(4, "steps");
  if ((!axes && node.input(3) != nullptr) || (axes && axes->size() != starts->size()))
    return not_understood("Slice '" + node.name() + "' has axes that are not known");
  if ((!steps && node.input(4) != nullptr) || (steps && steps->size() != starts->size()))
    return not_understood("Slice '" + node.name() + "' has steps that are not known");
  if (index.size() != from->size()) return not_understood("Slice changes the rank");
  Index source = index;
  for (std::size_t k = 0; k < starts->size(); ++k) {
    const auto axis = axes ? (*axes)[k].constant() : static_cast<int64_t>(k);
    const auto at = axis ? axis_from_front(*axis, from->size()) : std::nullopt;
    if (!at) return not_understood("Slice has an axis outside its rank");
    Dim start = (*starts)[k];
    if (start.is_nonnegative() == false) start = start + size_of((*from)[*at]);
    if (const auto step = steps ? (*steps)[k].constant() : 1; !step || *step <= 0)
      return not_understood("Slice walks backwards");
    source[*at] = source[*at] * (steps ? (*steps)[k] : Dim(1)) + start;
  }
  return operand(node, 0, source);
}

ExpressionPtr ElementReader::gather(const Node& node, const Index& index) {
  const auto* from = dims(node.input(0));
  const auto* positions = dims(node.input(1));
  if (from == nullptr || positions == nullptr) return not_understood("Gather of unknown rank");
  const auto axis = axis_from_front(node.int_attribute("axis", 0), from->size());
  if (!axis || index.size() + 1 != from->size() + positions->size())
    return not_understood("Gather has an axis outside its rank");
  const auto begin = index.begin() + static_cast<std::ptrdiff_t>(*axis);
  const auto end = begin + static_cast<std::ptrdiff_t>(positions->size());
  Dim position;
  if (!as_index(operand(node, 1, Index(begin, end)), position)) return nullptr;
  if (position.is_nonnegative() == false) position = position + size_of((*from)[*axis]);
  Index source(index.begin(), begin);
  source.push_back(position);
  source.insert(source.end(), end, index.end());
  return moved(node, 0, source);
}

ExpressionPtr ElementReader::gather_nd(const Node& node, const Index& index) {
  const auto* positions = dims(node.input(1));
  if (positions == nullptr || node.int_attribute("batch_dims", 0) != 0)
    return not_understood("GatherND with batch dimensions");
  if (positions->empty() || index.size() + 1 < positions->size())
    return not_understood("GatherND by indices of another rank");
  const auto depth = size_of(positions->back()).constant();
  if (!depth || *depth > max_depth) return not_understood("GatherND by indices of unknown depth");
  const auto leading = static_cast<std::ptrdiff_t>(positions->size() - 1);
  Index source;
  for (int64_t k = 0; k < *depth; ++k) {
    Index at(index.begin(), index.begin() + leading);
    at.push_back(Dim(k));
    Dim position;
    if (!as_index(moved(node, 1, at), position)) return nullptr;
    source.push_back(position);
  }
  source.insert(source.end(), index.begin() + leading, index.end());
  return moved(node, 0, source);
}

/// [f(0), g(k − 1)] is g(k − 1) everywhere when g says the same at −1 as f at 0.
ExpressionPtr ElementReader::shifted_concat(const Node& node, const Index& index,
                                            std::size_t axis) {
  const auto at = [&](std::size_t slot, Dim position) {
    Index there = index;
    there[axis] = std::move(position);
    return moved(node, slot, there);
  };
  const ExpressionPtr first = at(0, Dim(0));
  const ExpressionPtr rest = first == nullptr ? nullptr : at(1, index[axis] - Dim(1));
  const ExpressionPtr before = rest == nullptr ? nullptr : at(1, Dim(-1));
  if (before == nullptr) return nullptr;
  const bool whole = first->op == Expression::Op::integer && rest->op == Expression::Op::integer &&
                     before->op == Expression::Op::integer;
  if (whole && first->dim == before->dim) return rest;
  return not_understood("Concat '" + node.name() + "' joins two different rows");
}

ExpressionPtr ElementReader::concat(const Node& node, const Index& index) {
  const auto found = axis_from_front(node.int_attribute("axis", 0), index.size());
  if (!found) return not_understood("Concat has an axis outside its rank");
  const std::size_t axis = *found;
  if (node.inputs().size() == 1) return moved(node, 0, index);
  const auto position = index[axis].constant();
  if (!position) {
    const auto* first = dims(node.input(0));
    if (node.inputs().size() == 2 && first != nullptr && axis < first->size() &&
        (*first)[axis].empty())
      return shifted_concat(node, index, axis);
    return not_understood("Concat '" + node.name() + "' joins parts of the mask");
  }
  int64_t rest = *position;
  for (std::size_t slot = 0; slot < node.inputs().size(); ++slot) {
    const auto* part = dims(node.input(slot));
    const auto size =
        part == nullptr || axis >= part->size() ? std::nullopt : size_of((*part)[axis]).constant();
    if (!size) return not_understood("Concat joins parts of unknown size");
    if (rest < *size) {
      Index there = index;
      there[axis] = Dim(rest);
      return moved(node, slot, there);
    }
    rest -= *size;
  }
  return not_understood("an index is beyond the end of Concat");
}

ExpressionPtr ElementReader::range(const Node& node, const Index& index) {
  const auto start = node.input(0) == nullptr ? std::nullopt : facts_->dims_of(*node.input(0));
  const auto step = node.input(2) == nullptr ? std::nullopt : facts_->dims_of(*node.input(2));
  if (!start || !step || start->size() != 1 || step->size() != 1 || index.size() != 1)
    return not_understood("Range starts at a position that is not known");
  return integer(start->front() + index[0] * step->front());
}

ExpressionPtr ElementReader::filled(const Node& node, const Index&) {
  const auto content = node.tensor_attribute("value");
  if (!content) return number(0);
  const auto everywhere = content->splat();
  if (!everywhere) return not_understood("ConstantOfShape without a value");
  return is_floating(content->dtype()) ? number(*everywhere)
                                       : integer(Dim(static_cast<int64_t>(*everywhere)));
}

/// `x[:, :] = y` spelled with index tables: it is y when every index is its own position, for all
/// positions.
ExpressionPtr ElementReader::scatter_nd(const Node& node, const Index& index) {
  const auto* whole = dims(node.output());
  const auto* positions = dims(node.input(1));
  if (node.string_attribute("reduction").value_or("none") != "none")
    return not_understood("ScatterND adds to what is there");
  if (positions == nullptr || whole == nullptr || positions->size() != index.size() + 1)
    return not_understood("ScatterND writes parts");
  if (!size_of(positions->back()).is(static_cast<int64_t>(index.size())))
    return not_understood("ScatterND writes rows");
  for (std::size_t k = 0; k < index.size(); ++k) {
    if (size_of((*positions)[k]) != size_of((*whole)[k]))
      return not_understood("ScatterND writes parts");
    Index at = index;
    at.push_back(Dim(static_cast<int64_t>(k)));
    Dim position;
    if (!as_index(operand(node, 1, at), position)) return nullptr;
    if (position != index[k])
      return not_understood("ScatterND '" + node.name() + "' moves elements");
  }
  return moved(node, 2, index);
}

}  // namespace ortopt::attention
