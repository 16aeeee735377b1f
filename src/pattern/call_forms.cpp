#include <algorithm>

#include "pattern/form.h"

namespace ortopt::pattern {
namespace {

/// The output by which a node as a whole is known: the first that is not left out.
Value* first_output(const Node& node) {
  const auto found =
      std::ranges::find_if(node.outputs(), [](const Value* value) { return value != nullptr; });
  return found == node.outputs().end() ? nullptr : *found;
}

/// op(inputs…), positional.
class CallForm final : public Form {
 public:
  CallForm(std::string domain, std::string op, std::vector<Pattern> inputs)
      : domain_(std::move(domain)), op_(std::move(op)), inputs_(std::move(inputs)) {}

  bool match(Value& value, Search& search, Next next) const override {
    const Node* node = value.producer();
    if (node == nullptr || !node->is(domain_, op_))
      return search.miss(
          [&] { return told(value) + " " + origin_of(value) + ", not from " + op_; });
    if (&value != first_output(*node))
      return search.miss([&] { return told(value) + " is another output of " + op_; });
    return search.enter(value, [&](Node& entered) { return from(0, entered, search, next); });
  }
  Operators operators() const override { return std::set<std::string>{op_}; }

 private:
  bool from(std::size_t slot, Node& node, Search& search, Next next) const {
    if (slot == inputs_.size()) return next();
    const auto rest = [&] { return from(slot + 1, node, search, next); };
    Value* input = node.input(slot);
    return input == nullptr ? inputs_[slot].form().match_absent(search, rest)
                            : inputs_[slot].match(*input, search, rest);
  }

  std::string domain_;
  std::string op_;
  std::vector<Pattern> inputs_;
};

class OutputForm final : public Form {
 public:
  OutputForm(Pattern node, std::size_t index) : node_(std::move(node)), index_(index) {}
  bool match(Value& value, Search& search, Next next) const override {
    if (value.producer() == nullptr || value.output_index() != index_)
      return search.miss([&] {
        return told(value) + " " + origin_of(value) + " and is not its output " +
               std::to_string(index_);
      });
    return node_.match(*first_output(*value.producer()), search, next);
  }
  Operators operators() const override { return node_.form().operators(); }

 private:
  Pattern node_;
  std::size_t index_;
};

class OptionalInputForm final : public Form {
 public:
  explicit OptionalInputForm(Pattern pattern) : pattern_(std::move(pattern)) {}
  bool match(Value& value, Search& search, Next next) const override {
    return pattern_.match(value, search, next);
  }
  bool match_absent(Search& /*search*/, Next next) const override { return next(); }
  Operators operators() const override { return pattern_.form().operators(); }

 private:
  Pattern pattern_;
};

class NoInputForm final : public Form {
 public:
  bool match(Value& value, Search& search, Next /*next*/) const override {
    return search.miss([&] { return told(value) + " should have been left out"; });
  }
  bool match_absent(Search& /*search*/, Next next) const override { return next(); }
};

class WithForm final : public Form {
 public:
  WithForm(Pattern pattern, std::function<bool(const Node&, const Match&)> condition,
           std::string reason)
      : pattern_(std::move(pattern)),
        condition_(std::move(condition)),
        reason_(std::move(reason)) {}
  bool match(Value& value, Search& search, Next next) const override {
    return pattern_.match(value, search, [&] {
      const Node* node = value.producer();
      if (node != nullptr && condition_(*node, search.so_far())) return next();
      const std::string op = node == nullptr ? "" : node->op() + " ";
      return search.miss([&] { return op + told(value) + ": " + reason_; }, Search::Distance::near);
    });
  }
  Operators operators() const override { return pattern_.form().operators(); }

 private:
  Pattern pattern_;
  std::function<bool(const Node&, const Match&)> condition_;
  std::string reason_;
};

class WhereForm final : public Form {
 public:
  WhereForm(Pattern pattern, std::function<bool(const Value&, const Match&)> condition,
            std::string reason)
      : pattern_(std::move(pattern)),
        condition_(std::move(condition)),
        reason_(std::move(reason)) {}
  bool match(Value& value, Search& search, Next next) const override {
    return pattern_.match(value, search, [&] {
      if (condition_(value, search.so_far())) return next();
      return search.miss([&] { return told(value) + ": " + reason_; }, Search::Distance::near);
    });
  }
  Operators operators() const override { return pattern_.form().operators(); }

 private:
  Pattern pattern_;
  std::function<bool(const Value&, const Match&)> condition_;
  std::string reason_;
};

}  // namespace

Pattern call(std::string op, std::vector<Pattern> inputs) {
  return make<CallForm>(std::string(), std::move(op), std::move(inputs));
}
Pattern call_in(std::string domain, std::string op, std::vector<Pattern> inputs) {
  return make<CallForm>(std::move(domain), std::move(op), std::move(inputs));
}
Pattern output(Pattern node, std::size_t index) { return make<OutputForm>(std::move(node), index); }
Pattern optional_input(Pattern pattern) { return make<OptionalInputForm>(std::move(pattern)); }
Pattern no_input() { return make<NoInputForm>(); }
Pattern with(Pattern pattern, std::function<bool(const Node&, const Match&)> condition,
             std::string reason) {
  return make<WithForm>(std::move(pattern), std::move(condition), std::move(reason));
}
Pattern where(Pattern pattern, std::function<bool(const Value&, const Match&)> condition,
              std::string reason) {
  return make<WhereForm>(std::move(pattern), std::move(condition), std::move(reason));
}

}  // namespace ortopt::pattern
