#include <algorithm>
#include <array>

#include "pattern/form.h"

namespace ortopt::pattern {
namespace {

using Sizes = std::vector<DimPattern>;

/// Makes `sizes` from `axis` on equal `shape`, then goes on.
bool unify_from(std::size_t axis, const Sizes& sizes, const std::vector<Dim>& shape, Search& search,
                Next next) {
  if (axis == sizes.size()) return next();
  return search.unify(sizes[axis], shape[axis],
                      [&] { return unify_from(axis + 1, sizes, shape, search, next); });
}

bool has_shape(const Value& value, const Sizes& sizes, Search& search, Next next) {
  const auto shape = search.facts().shape(value);
  if (!shape) return search.miss([&] { return "the rank of " + told(value) + " is not known"; });
  if (shape->size() != sizes.size())
    return search.miss([&] {
      return told(value) + " has rank " + std::to_string(shape->size()) + ", not " +
             std::to_string(sizes.size());
    });
  return unify_from(0, sizes, *shape, search, next);
}

class ShapedForm final : public Form {
 public:
  ShapedForm(Pattern pattern, Sizes sizes)
      : pattern_(std::move(pattern)), sizes_(std::move(sizes)) {}
  bool match(Value& value, Search& search, Next next) const override {
    return pattern_.match(value, search, [&] { return has_shape(value, sizes_, search, next); });
  }
  Operators operators() const override { return pattern_.form().operators(); }

 private:
  Pattern pattern_;
  Sizes sizes_;
};

constexpr std::array<std::string_view, 4> views = {"Reshape", "Flatten", "Squeeze", "Unsqueeze"};

bool is_view(const Value& value) {
  const Node* node = value.producer();
  return node != nullptr && node->domain().empty() && node->input(0) != nullptr &&
         std::ranges::find(views, node->op()) != views.end();
}

class ReshapeForm final : public Form {
 public:
  ReshapeForm(Pattern pattern, Sizes sizes)
      : pattern_(std::move(pattern)), sizes_(std::move(sizes)) {}
  bool match(Value& value, Search& search, Next next) const override {
    if (!is_view(value))
      return search.miss(
          [&] { return told(value) + " " + origin_of(value) + ", not from Reshape"; });
    // Inner sizes are bound first: they tell how a merged size is made up.
    return through(value, search, [&] { return has_shape(value, sizes_, search, next); });
  }
  Operators operators() const override { return std::set<std::string>(views.begin(), views.end()); }

 private:
  /// Through one view or, failing that, through one more.
  bool through(Value& value, Search& search, Next next) const {
    return search.enter(value, [&](Node& node) {
      Value& input = *node.input(0);
      return pattern_.match(input, search, next) ||
             (is_view(input) && through(input, search, next));
    });
  }

  Pattern pattern_;
  Sizes sizes_;
};

/// The permutation of a Transpose; the default reverses all axes.
std::vector<int64_t> permutation_of(const Node& node, std::size_t rank) {
  if (const auto given = node.ints_attribute("perm")) return *given;
  std::vector<int64_t> reversed(rank);
  for (std::size_t k = 0; k < rank; ++k) reversed[k] = static_cast<int64_t>(rank - 1 - k);
  return reversed;
}

}  // namespace

Pattern shaped(Pattern pattern, std::vector<DimPattern> dims) {
  return make<ShapedForm>(std::move(pattern), std::move(dims));
}

Pattern reshape(Pattern pattern, std::vector<DimPattern> dims) {
  return make<ReshapeForm>(std::move(pattern), std::move(dims));
}

Pattern transpose(Pattern pattern, std::vector<int64_t> perm) {
  return with(
      call("Transpose", {std::move(pattern)}),
      [perm = std::move(perm)](const Node& node, const Match& match) {
        const auto rank = match.facts().rank(*node.output());
        return (node.has_attribute("perm") || rank == perm.size()) &&
               permutation_of(node, perm.size()) == perm;
      },
      "its permutation is another one");
}

}  // namespace ortopt::pattern
