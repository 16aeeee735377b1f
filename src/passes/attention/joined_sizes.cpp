#include "passes/attention/joined_sizes.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <utility>

namespace ortopt::attention {
namespace {

bool is_joined(const Value& value, const Sdpa& sdpa) {
  return std::ranges::any_of(std::array{&sdpa.key, &sdpa.value}, [&](const Operand* operand) {
    return &value == operand->steps[operand->join_step].value;
  });
}

/// The axes that a Shape node tells, of a value of `rank` dimensions.
std::pair<int64_t, int64_t> told_axes(const Node& shape, int64_t rank) {
  const auto at = [&](const char* name, int64_t otherwise) {
    const int64_t axis = shape.int_attribute(name, otherwise);
    return std::clamp(axis < 0 ? axis + rank : axis, int64_t{0}, rank);
  };
  return {at("start", 0), at("end", rank)};
}

}  // namespace

std::optional<std::vector<Node*>> sizes_of_joined(const Value& value, const Sdpa& sdpa) {
  std::vector<Node*> shapes;
  std::set<const Value*> seen;
  std::vector<const Value*> open = {&value};
  while (!open.empty()) {
    const Value* at = open.back();
    open.pop_back();
    if (at == nullptr || at->producer() == nullptr || !seen.insert(at).second) continue;
    if (is_joined(*at, sdpa)) return std::nullopt;
    Node& node = *at->producer();
    // What a nested graph reads is not followed: it might be them.
    if (!node.graphs().empty()) return std::nullopt;
    if (node.is("Shape") && is_joined(*node.input(0), sdpa)) {
      shapes.push_back(&node);
      continue;
    }
    open.insert(open.end(), node.inputs().begin(), node.inputs().end());
  }
  return shapes;
}

void read_from_parts(Node& shape, std::string_view pass, Context& context) {
  const Node& join = *shape.input(0)->producer();
  const auto rank = static_cast<int64_t>(context.analysis().shape(*shape.input(0))->size());
  const int64_t axis = join.int_attribute("axis", 0);
  const int64_t joined_axis = axis < 0 ? axis + rank : axis;
  const auto [first, last] = told_axes(shape, rank);
  std::vector<int64_t> grows;
  for (int64_t told = first; told < last; ++told) grows.push_back(told == joined_axis ? 1 : 0);

  Rewriter to(pass, shape, context);
  const auto shape_of = [&](Value* part) -> Value& {
    if (first == 0 && last == rank) return to.node("", "Shape", {part});
    return to.node("", "Shape", {part}, {{"start", first}, {"end", last}});
  };
  Value& growth = to.node(
      "", "Mul", {&shape_of(join.input(1)), &to.constant("grows", Tensor::of_int64s(grows))});
  Value& sum = to.node("", "Add", {&shape_of(join.input(0)), &growth});
  to.replace(*shape.output(), sum);
  Node* const gone[] = {&shape};
  to.finish(sum, gone);
}

}  // namespace ortopt::attention
