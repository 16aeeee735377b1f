#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ortopt/base/result.h"

namespace ortopt {

/// What a fresh process needed until its first result.
struct Opening {
  double creation_seconds = 0;  ///< From a model file to a session that can run.
  double first_run_seconds = 0;
  std::string version;               ///< Of the runtime: "1.20.1".
  std::string inputs;                ///< "batch 1, sequence 128".
  std::size_t batch = 1;             ///< As the model takes it.
  std::vector<std::string> remarks;  ///< What differs from what was asked for.
  bool counts_waiting = false;       ///< Whether runs know how long they stood in line.
};

/// One run.
struct Timing {
  double seconds = 0;  ///< On the wall.
  /// How much of that it stood in line for a processor, because something else ran there: what it
  /// would not have taken on an idle machine.
  double waiting = 0;
};

/// Something that is opened afresh, run and timed, and closed again: a model in a runtime.
class Subject {
 public:
  virtual ~Subject() = default;
  [[nodiscard]] virtual Result<Opening> open() = 0;
  /// Runs `settle` times for nothing and then `count` times: the latter are returned.
  [[nodiscard]] virtual Result<std::vector<Timing>> run(std::size_t settle, std::size_t count) = 0;
  /// Takes no processor time until the next run.
  virtual void rest() = 0;
  /// The most memory that it has held since it was opened; 0 when that is not known.
  [[nodiscard]] virtual uint64_t peak_memory() = 0;
  /// Frees what open() took; it may be opened again.
  virtual void close() = 0;
};

}  // namespace ortopt
