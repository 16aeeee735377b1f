#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ortopt {

/// Why something could not be done. The values are the exit codes of the tools
/// (docs/exit-codes.md).
enum class Code {
  failure = 1,      ///< The machine or the runtime failed: a file could not be read or written, the
                    ///< engine stopped.
  usage = 2,        ///< The request makes no sense or is not available.
  bad_model = 3,    ///< The input is not a usable model.
  different = 4,    ///< Outputs or signatures of two models differ.
  expectation = 5,  ///< An expectation that the caller stated was not met.
  no_runtime = 6,   ///< ONNX Runtime is needed and was not found.
  taken_back = 7,   ///< A valid result exists, but a fusion had to be left out to get there.
  internal = 70,    ///< An invariant of ours is broken: a bug.
};

/// One failure: what was expected, what was found, and, growing outwards, what was being done.
struct Error {
  Code code = Code::failure;
  std::string message;               ///< Lower case, no final stop: "axis 3 is outside rank 2".
  std::vector<std::string> context;  ///< Innermost first: "while reading 'bert.onnx'".

  /// The message followed by its context, on one line.
  [[nodiscard]] std::string text() const;
};

/// Throws InternalError (base/internal_error.h) with `what` unless `condition` holds.
void ensure(bool condition, std::string_view what);

}  // namespace ortopt
