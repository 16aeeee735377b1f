#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/compare/difference.h"
#include "ortopt/engine/engine.h"

namespace ortopt {

/// The verdict on two models.
struct Verification {
  enum class Outcome { equal, different, not_run };
  Outcome outcome = Outcome::not_run;
  std::string reason;              ///< Why not run, or what differs first.
  Code cause = Code::failure;      ///< With not_run: no_runtime when the library is of no use.
  std::string runtime;             ///< Version and library.
  std::vector<std::string> cases;  ///< "batch 2, sequence 7, padding right".
  std::vector<Difference> outputs;
  double tolerance = 0;  ///< The largest that an output is held to.
  /// How far the original itself moves by rounding: ‖a − b‖ / ‖a‖ of the output that does most, under
  /// the runtime's optimisation and with floating inputs changed in their last place. Measured only
  /// when outputs differ by more than is usual and nobody asked for a tolerance.
  double unsteadiness = 0;
  double seconds = 0;

  [[nodiscard]] bool is_equal() const { return outcome == Outcome::equal; }
};

/// On which sides of a sequence a result copes with padding.
enum class PaddingPromise { both_sides, at_the_end, none };

struct VerifyOptions {
  std::filesystem::path runtime;  ///< The library (find_runtime).
  uint64_t seed = 1;
  double time_limit_seconds = 600;
  bool int32_inputs = false;  ///< The result takes int32 where the original takes int64.
  /// Inputs and outputs that are of another floating type in the result, on purpose.
  std::map<std::string, DataType> changed_types;
  /// What the user promised about padding: no other is tried.
  PaddingPromise padding = PaddingPromise::both_sides;
  bool approximates = false;   ///< Allowed to differ as much as half floats are.
  ToleranceRequest tolerance;  ///< Where the usual ones are not what is wanted.
};

/// Runs `original` (the runtime's optimisation off) and `result` (on) in a child process on inputs
/// made from `original`'s signature and from how its graph uses each input: ids within their
/// tables, 0/1 masks with real padding on either side, segments, positions, past state, floats;
/// several batch sizes and lengths where dimensions are dynamic. A runtime that crashes or fails on
/// `result` but not on `original` is `different`; on both, `not_run`. With padding on the left,
/// what padded places give is not compared: in causal models they see nothing and are undefined.
[[nodiscard]] Verification verify_equal(const std::filesystem::path& original,
                                        const std::filesystem::path& result,
                                        const VerifyOptions& options);

}  // namespace ortopt
