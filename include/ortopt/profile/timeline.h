#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ortopt/profile/trace.h"
#include "ortopt/shape/layers.h"

namespace ortopt {

/// A stretch of one run, as it is drawn.
struct TimelineSpan {
  std::string name;
  std::string group;   ///< "run", "layer", or the operator.
  std::string detail;  ///< Types and shapes of a node's inputs, its provider.
  int layer = 0;       ///< See Layers.
  double start = 0;    ///< In ms since the run began.
  double duration = 0;
  int depth = 0;  ///< 0 the run, then layers (when there are any), nodes, nodes of nested graphs.
  int64_t thread = 0;
};

using Timeline = std::vector<TimelineSpan>;

/// The runs of a trace, to be drawn.
class Timelines {
 public:
  /// Both arguments must outlive this.
  Timelines(const Trace& trace, const Layers& layers, std::size_t warm_up);
  ~Timelines();
  Timelines(Timelines&&) noexcept;

  /// Runs that count.
  [[nodiscard]] std::size_t count() const;
  /// When a run began, in ms since profiling began.
  [[nodiscard]] double start(std::size_t run) const;
  [[nodiscard]] Timeline at(std::size_t run) const;

 private:
  struct Runs;
  const Layers* layers_;
  std::unique_ptr<Runs> runs_;
};

}  // namespace ortopt
