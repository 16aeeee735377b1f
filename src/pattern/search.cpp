#include "pattern/search.h"

#include <algorithm>
#include <unordered_set>

#include "ortopt/base/error.h"
#include "pattern/form.h"

namespace ortopt::pattern {

std::string told(const Value& value) { return "'" + value.name() + "'"; }

std::string origin_of(const Value& value) {
  if (value.producer() != nullptr) return "comes from " + value.producer()->op();
  return value.initializer() != nullptr ? "is a constant" : "is a graph input";
}

Search::Search(Value& root, const Analysis& facts, std::span<const std::string> anchors)
    : anchors_(anchors) {
  so_far_.root_ = &root;
  so_far_.facts_ = &facts;
}

bool Search::step(const Form& form, Value& value, Next next) {
  if (--steps_left_ <= 0) return false;
  Value* const before = so_far_.find(form);
  // What was worked out once (centred, in a norm) need not be worked out again.
  if (before == &value) return next();
  if (before != nullptr && !form.capture().empty())
    return miss(
        [&] {
          return std::string(form.capture()) + " is " + told(*before) + " and cannot be " +
                 told(value) + " too";
        },
        Distance::near);
  // What is no capture may be computed twice in the graph.
  if (before != nullptr) return form.match(value, *this, next);
  so_far_.bound_.emplace_back(&form, &value);
  const std::size_t mark = so_far_.bound_.size();
  if (form.match(value, *this, next)) return true;
  ensure(so_far_.bound_.size() == mark, "a form left bindings behind");
  so_far_.bound_.pop_back();
  return false;
}

bool Search::enter(Value& value, FunctionRef<bool(Node&)> body) {
  Node& node = *value.producer();
  if (&node.graph() != &so_far_.root().graph())
    return miss([&] { return told(value) + " is computed outside the nested graph"; });
  const bool is_anchor = std::ranges::find(anchors_, node.op()) != anchors_.end();
  so_far_.inside_.push_back(&node);
  anchors_inside_ += is_anchor ? 1 : 0;
  if (body(node)) return true;
  anchors_inside_ -= is_anchor ? 1 : 0;
  so_far_.inside_.pop_back();
  return false;
}

bool Search::let_escape(const Value& value, Next next) {
  escaping_.push_back(&value);
  if (next()) return true;
  escaping_.pop_back();
  return false;
}

// Misses

bool Search::is_nearest(Distance distance) {
  // An attempt that reached an anchor tells more than any that did not; then depth counts.
  const Progress progress{.reached_anchor = anchors_inside_ > 0,
                          .depth = so_far_.inside_.size(),
                          .distance = distance,
                          .bound = so_far_.bound_.size()};
  if (nearest_progress_ && progress <= *nearest_progress_) return false;
  nearest_progress_ = progress;
  return true;
}

void Search::note(std::string reason) {
  nearest_.reason = std::move(reason);
  nearest_.inside.assign(so_far_.inside_.begin(), so_far_.inside_.end());
}

Miss Search::nearest_miss() const {
  Miss told_miss = nearest_;
  told_miss.exhausted = exhausted();
  return told_miss;
}

Match Search::result() const {
  Match match = so_far_;
  std::vector<Node*> once;
  for (Node* node : so_far_.inside_)
    if (std::ranges::find(once, node) == once.end()) once.push_back(node);
  match.inside_ = std::move(once);
  return match;
}

// Privacy

bool Search::is_inside(const Node& node) const {
  return std::ranges::find(so_far_.inside_, &node) != so_far_.inside_.end();
}

/// Whether something outside that reads `escaped` is needed inside: then the nodes inside cannot
/// become one.
bool Search::feeds_back(const Value& escaped) {
  const Node* last = so_far_.root().producer();
  std::unordered_set<const Node*> seen;
  std::vector<const Node*> pending;
  const auto visit_readers = [&](const Value& value) {
    for (const Use& use : value.uses()) {
      const Node* reader = use.node;
      while (&reader->graph() != &last->graph()) reader = reader->graph().owner();
      if (seen.insert(reader).second) pending.push_back(reader);
    }
  };
  for (const Use& use : escaped.uses())
    if (!is_inside(*use.node) && seen.insert(use.node).second) pending.push_back(use.node);
  while (!pending.empty()) {
    const Node* node = pending.back();
    pending.pop_back();
    while (&node->graph() != &last->graph()) node = node->graph().owner();
    if (is_inside(*node)) return true;
    if (!node->precedes(*last)) continue;
    for (const Value* value : node->outputs())
      if (value != nullptr) visit_readers(*value);
  }
  return false;
}

bool Search::is_private(const Node& node) {
  for (const Value* value : node.outputs()) {
    if (value == nullptr || value == &so_far_.root()) continue;
    if (std::ranges::find(escaping_, value) != escaping_.end()) {
      if (!feeds_back(*value)) continue;
      return miss([&] { return told(*value) + " is read by what is computed in between"; },
                  Distance::complete);
    }
    if (value->is_graph_output())
      return miss([&] { return told(*value) + " is a graph output"; }, Distance::complete);
    for (const Use& use : value->uses())
      if (!is_inside(*use.node))
        return miss([&] { return told(*value) + " is also used by " + use.node->op(); },
                    Distance::complete);
  }
  return true;
}

bool Search::is_private() {
  return std::ranges::all_of(so_far_.inside_, [&](const Node* node) { return is_private(*node); });
}

bool Search::accepts(const Guard& guard) {
  for (const Equation& equation : open_)
    if (!settles(equation)) return false;
  if (!is_private()) return false;
  if (!guard) return true;
  const std::optional<std::string> refusal = guard(result());
  if (!refusal) return true;
  return miss([&] { return *refusal; }, Distance::complete);
}

// Sizes

std::optional<Dim> Search::known_part(const DimPattern& pattern,
                                      std::vector<std::string_view>& unknown) const {
  Dim product = pattern.factor();
  for (const std::string& name : pattern.names()) {
    const auto found =
        std::ranges::find(so_far_.dims_, name, &std::pair<std::string_view, Dim>::first);
    if (found == so_far_.dims_.end())
      unknown.push_back(name);
    else
      product = product * found->second;
  }
  return product;
}

bool Search::settles(const Equation& equation) {
  std::vector<std::string_view> unknown;
  const auto product = known_part(*equation.pattern, unknown);
  if (!unknown.empty())
    return miss(
        [&] { return "the size " + equation.size.text() + " could be split in many ways"; });
  if (*product == equation.size) return true;
  return miss([&] { return "a size is " + equation.size.text() + ", not " + product->text(); },
              Distance::near);
}

bool Search::unify(const DimPattern& pattern, const Dim& size, Next next) {
  std::vector<std::string_view> unknown;
  const auto known = known_part(pattern, unknown);
  if (unknown.empty()) return settles({&pattern, size}) && next();
  if (unknown.size() > 1) {
    open_.push_back({&pattern, size});
    if (next()) return true;
    open_.pop_back();
    return false;
  }
  const std::optional<Dim> rest = size.divided_by(*known);
  if (!rest)
    return miss([&] { return "a size is " + size.text() + ", no multiple of " + known->text(); },
                Distance::near);
  so_far_.dims_.emplace_back(unknown.front(), *rest);
  if (next()) return true;
  so_far_.dims_.pop_back();
  return false;
}

// Entry points

std::optional<Match> find(const Pattern& pattern, Value& root, const Analysis& facts,
                          const Guard& guard, Miss* miss, std::span<const std::string> anchors) {
  Search search(root, facts, anchors);
  if (pattern.match(root, search, [&] { return search.accepts(guard); })) return search.result();
  if (miss != nullptr) *miss = search.nearest_miss();
  return std::nullopt;
}

std::vector<std::string> root_operators(const Pattern& pattern) {
  const Operators operators = pattern.form().operators();
  if (!operators) return {};
  return {operators->begin(), operators->end()};
}

}  // namespace ortopt::pattern
