#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ortopt {

/// A value that both models have, and how far apart the two are there.
struct MeasuredValue {
  std::string name;       ///< In the baseline.
  std::string layer;      ///< "layer 3", "before the layers"; empty when there are no layers.
  double difference = 0;  ///< ‖a − b‖ / ‖a‖; infinity where one of them is no number.
};

/// Where two models part: the first value that differs while all that it is computed from agrees.
struct Bisection {
  bool found = false;
  std::string text;  ///< The finding, or why there is none, in one sentence.

  std::string sample;      ///< With these inputs.
  std::string output;      ///< The output whose difference was followed.
  MeasuredValue at;        ///< Where they part.
  std::string other_name;  ///< Its name in the other model.
  std::string node;        ///< What computes it in the other model, and …
  std::string op;          ///< … its operator: "com.microsoft.Attention".
  /// What computes it in the baseline, from the values before it: names of nodes, last first.
  std::vector<std::string> stands_for;
  std::vector<MeasuredValue> before;  ///< The nearest values that it is computed from.
  /// Differences above this count, those below are taken for rounding.
  double threshold = 0;
  /// It grows bit by bit: nothing before it agrees clearly better.
  bool is_gradual = false;
  /// With the baseline's value put in this place, the output agrees: nothing after it differs.
  bool is_only_place = false;

  /// Values that differ and do not matter: putting them right makes the output no better.
  std::vector<MeasuredValue> immaterial;
  /// All values that were looked at, from inputs to outputs.
  std::vector<MeasuredValue> measured;
  std::size_t runs = 0;  ///< How often the two models were opened for it.
};

}  // namespace ortopt
