#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "ortopt/ir/graph.h"
#include "ortopt/shape/analysis.h"

namespace ortopt {

/// Appends arithmetic that measures values to a graph.
class GaugeBuilder {
 public:
  GaugeBuilder(Graph& graph, const Analysis& facts);

  /// The largest magnitude in `value` as an output of the graph, once for each value; its name. 0
  /// when `value` is empty. What stands for "not this one" (`fill` and beyond) is left out.
  std::string largest(Value& value);
  /// The same for the largest finite magnitude, fills included.
  std::string extreme(Value& value);
  /// The number of elements of `value`, in the same way.
  std::string count(Value& value);

  Value& add(Value& one, Value& other);
  Value& product(Value& one, Value& other);
  Value& matrix_product(Value& one, Value& other);
  /// Places `first` to `end` of the last axis.
  Value& part(Value& value, int64_t first, int64_t end);
  /// The mean of the squares along the last axis.
  Value& mean_square(Value& value);
  /// The lengths of the vectors that the last axis, split into `heads` parts, consists of.
  Value& lengths(Value& value, int64_t heads);
  /// The lengths of the vectors along the last axis.
  Value& lengths(Value& value);
  /// The largest magnitude short of a fill, a scalar.
  Value& peak(Value& value);
  Value& number(double number);

  [[nodiscard]] const Analysis& facts() const { return facts_; }

 private:
  Value& node(const std::string& op, std::vector<Value*> inputs, Attributes attributes = {});
  Value& integers(const std::vector<int64_t>& numbers);
  /// A reduction along the last axis, which goes.
  Value& reduced(const std::string& op, Value& value);
  Value& largest_of(Value& magnitudes);
  std::string as_output(Value& value);

  Graph& graph_;
  const Analysis& facts_;
  bool takes_axes_as_input_;
  std::unordered_map<const Value*, std::string> largest_;
  std::unordered_map<const Value*, std::string> extremes_;
  std::unordered_map<const Value*, std::string> counts_;
};

}  // namespace ortopt
