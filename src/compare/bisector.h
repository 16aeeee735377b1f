#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "compare/cut_graph.h"
#include "compare/probe.h"
#include "ortopt/compare/bisection.h"
#include "ortopt/engine/inputs.h"
#include "ortopt/shape/layers.h"

namespace ortopt {

/// What two models are run with while values inside them are compared.
struct ProbedSample {
  std::string name;
  InputCase inputs;
  std::vector<NamedTensor> baseline_feeds;
  std::vector<NamedTensor> other_feeds;
};

/// Finds where two models part, a few values at a time: values of both models are cut points, and
/// nothing that only one of them computes is looked at, so that fused operators stay fused.
class Bisector {
 public:
  /// How many values are held at a time.
  static constexpr std::size_t window = 8;

  /// `coarsest` is the coarsest floating type of either model: what rounding makes of it is none of
  /// the differences looked for. All of it must outlive the bisector.
  Bisector(Probe& baseline, Probe& other, const CutGraph& graph, const Layers& layers,
           const ProbedSample& sample, DataType coarsest);

  /// Follows the difference of `output`, a name of the baseline, to where it begins.
  [[nodiscard]] Result<Bisection> run(const std::string& output);

 private:
  Result<void> measure(std::span<const std::size_t> cuts);
  Result<void> search();
  /// A step of the search among what was not looked at; false when nothing is left.
  Result<bool> narrow();
  /// Makes sure that what the difference is computed from agrees; true when it does.
  Result<bool> confirm_origin();
  /// Finds the place, passing over differences that are none of the output's causes.
  Result<void> find_cause();
  /// The output's difference once the other model goes on with the baseline's value of `cut`.
  Result<double> difference_when_put_right(std::size_t cut);
  Result<void> measure_layers();
  void take_equal(std::size_t cut);
  void move_to_first_different(std::span<const std::size_t> cuts);
  Bisection finding();
  [[nodiscard]] bool differs(std::size_t cut) const {
    return differences_.at(cut) > threshold_ && !immaterial_.contains(cut);
  }
  [[nodiscard]] MeasuredValue measured(std::size_t cut) const;
  [[nodiscard]] double difference_of(const Tensor& expected, const Tensor& found) const;

  Probe& baseline_;
  Probe& other_;
  const CutGraph& graph_;
  const Layers& layers_;
  const ProbedSample& sample_;
  double rounding_;
  double threshold_ = 0;
  std::size_t output_ = 0;
  std::size_t current_ = 0;
  std::map<std::size_t, double> differences_;  ///< Of what was measured.
  std::set<std::size_t> immaterial_;
  std::vector<bool> taken_for_equal_;
  Bisection bisection_;
};

}  // namespace ortopt
