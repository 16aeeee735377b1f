#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "shape/knowledge.h"

namespace ortopt::shape {
namespace {

/// Symbols of which less is known give way first.
int ignorance(std::string_view symbol) {
  if (symbol.starts_with('?')) return 2;
  return symbol.starts_with('(') || symbol.starts_with('~') ? 1 : 0;
}

/// c of a size c·s of one term; 1 of any other.
int64_t coefficient_of(const Dim& size) {
  if (size.terms().size() != 1) return 1;
  Dim rest = size;
  for (const std::string& symbol : size.symbols())
    while (const auto quotient = rest.divided_by(Dim::symbol(symbol))) rest = *quotient;
  return rest.constant().value_or(1);
}

void substitute_in(LayoutDim& dim, const auto& replaced, const auto& renamed) {
  bool changed = false;
  for (Factor& factor : dim) {
    const Axis* axis = renamed(factor.axis);
    changed = changed || axis != factor.axis;
    factor.axis = axis;
    for (Dim* part : {&factor.stride, &factor.size})
      if (!part->constant()) {
        *part = replaced(*part);
        changed = true;
      }
  }
  if (changed) dim = normalised(dim);
}

}  // namespace

Dim Knowledge::resolved(const Dim& dim) const {
  if (substitutions_.empty() || dim.constant()) return dim;
  Dim result = dim;
  for (const std::string& symbol : dim.symbols())
    if (const auto found = substitutions_.find(symbol); found != substitutions_.end())
      result = result.substituted(symbol, found->second);
  return result;
}

const Axis* Knowledge::resolved(const Axis* axis) const {
  const auto found = axis_names_.find(axis);
  return found == axis_names_.end() ? axis : found->second;
}

void Knowledge::resolve(Record& record) {
  const auto replaced = [this](const Dim& dim) { return resolved(dim); };
  const auto renamed = [this](const Axis* axis) { return resolved(axis); };
  if (record.layout) {
    for (LayoutDim& dim : record.layout->dims) substitute_in(dim, replaced, renamed);
    std::map<const Axis*, Dim> offsets;
    for (const auto& [axis, offset] : record.layout->offsets)
      offsets.emplace(renamed(axis), resolved(offset));
    record.layout->offsets = std::move(offsets);
  }
  if (record.content && !record.constant) {
    auto content = std::make_shared<ShapeValue>(*record.content);
    for (Element& element : content->elements)
      if (Dim* dim = std::get_if<Dim>(&element)) *dim = resolved(*dim);
    record.content = std::move(content);
    record.constant_tried = false;
  }
  record.epoch = epoch_;
}

bool Knowledge::eliminates_earlier(std::string_view a, std::string_view b) const {
  if (ignorance(a) != ignorance(b)) return ignorance(a) > ignorance(b);
  const auto age = [this](std::string_view symbol) {
    const auto found = symbol_age_.find(std::string(symbol));
    return found == symbol_age_.end() ? std::numeric_limits<std::size_t>::max() : found->second;
  };
  return age(a) != age(b) ? age(a) > age(b) : a > b;
}

std::optional<std::pair<std::string, Dim>> Knowledge::solve(const Dim& left,
                                                            const Dim& right) const {
  // left − right = 0 is solved for a symbol that occurs once, with a coefficient of ±1, such that
  // the others give a size.
  const Dim difference = left - right;
  std::optional<std::pair<std::string, Dim>> best;
  for (const Dim& term : difference.terms())
    for (const Dim& sign : {Dim(1), Dim(-1)}) {
      const Dim signed_term = term * sign;
      const auto symbol = signed_term.as_symbol();
      if (!symbol) continue;
      const Dim others = (term - difference) * sign;
      if (others.mentions(*symbol) || others.is_nonnegative() != true) continue;
      // What is known is not explained by what is not. (By a quotient it is: sequence = 4·(sequence/4)
      // says that nothing is cut off.)
      const auto is_worse = [&](const std::string& other) {
        return ignorance(other) == 2 && ignorance(*symbol) < 2;
      };
      if (std::ranges::any_of(others.symbols(), is_worse)) continue;
      if (!best || eliminates_earlier(*symbol, best->first))
        best.emplace(std::string(*symbol), others);
    }
  return best;
}

void Knowledge::substitute(const std::string& symbol, const Dim& by) {
  for (auto& [name, dim] : substitutions_) dim = dim.substituted(symbol, by);
  substitutions_.emplace(symbol, by);
  for (Axis& axis : axes_) axis.size = axis.size.substituted(symbol, by);
  ++epoch_;
}

void Knowledge::assume(const Dim& left, const Dim& right, Assumption::Relation relation,
                       const Node& node) {
  if (!assumed_.emplace(left.text(), right.text()).second) return;
  std::string where = node.name();
  if (where.empty() && node.output() != nullptr) where = node.output()->name();
  assumptions_.push_back({left.text(), right.text(), std::move(where), relation});
}

void Knowledge::require_equal(const Dim& left, const Dim& right, const Node& node,
                              Agreement agreement) {
  if (left == right) return;
  const Dim a = resolved(left);
  const Dim b = resolved(right);
  if (a == b) return;
  if (a.constant() && b.constant()) {
    lose(node, "sizes " + a.text() + " and " + b.text() + " differ");
    return;
  }
  // c·s = c·t: the heads that both batches were merged with cancel out.
  if (const int64_t common = std::gcd(coefficient_of(a), coefficient_of(b)); common > 1) {
    const auto one = a.divided_by(Dim(common));
    const auto other = b.divided_by(Dim(common));
    if (one && other) return require_equal(*one, *other, node, agreement);
  }
  const auto solution = solve(a, b);
  // A size that nothing is known of is not assumed but found out, unless it could be 1 as well.
  if (agreement == Agreement::required && solution && ignorance(solution->first) == 2) {
    substitute(solution->first, solution->second);
    return;
  }
  assume(a, b, Assumption::Relation::equal, node);
  // A symbol that meets a number in a broadcast may well be 1: it stays what it is.
  const bool may_be_one = agreement == Agreement::broadcast && (a.constant() || b.constant());
  if (solution && !may_be_one) substitute(solution->first, solution->second);
}

void Knowledge::require_at_most(const Dim& left, const Dim& right, const Node& node) {
  const Dim a = resolved(left);
  const Dim b = resolved(right);
  if ((b - a).is_nonnegative() != true) assume(a, b, Assumption::Relation::at_most, node);
}

}  // namespace ortopt::shape
