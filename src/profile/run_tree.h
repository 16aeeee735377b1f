#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ortopt/profile/trace.h"
#include "ortopt/shape/layers.h"

namespace ortopt {

/// A node, a fence or an executor within a run.
struct TreeEvent {
  const TraceEvent* event = nullptr;
  /// Duration without what it holds: the body of a Loop is not the Loop's own. In µs.
  int64_t own = 0;
  /// Index, in the run, of what it lies in on its thread; -1 for what lies in none.
  int parent = -1;
};

/// Traces count in µs, what is made of them in ms.
[[nodiscard]] constexpr double in_ms(int64_t microseconds) {
  return static_cast<double>(microseconds) * 1e-3;
}

/// One call of the runtime with everything that happened in it.
struct RunTree {
  int64_t start = 0;
  int64_t duration = 0;           ///< In µs.
  std::vector<TreeEvent> events;  ///< By start; holders before what they hold.
  int64_t executor = 0;           ///< Time in the executor of the main graph, in µs.
  int64_t idle = 0;               ///< Of that, in no node of the main graph.
  int64_t overlap = 0;            ///< Of nodes while another one ran, too.
};

/// The runs of a trace, in order. Without records of runs, those of executors stand for them.
[[nodiscard]] std::vector<RunTree> find_runs(const Trace& trace);

/// The layer of each event of a run. A node that `layers` does not know, one that the runtime made,
/// goes with what holds it, or else with the node before it.
[[nodiscard]] std::vector<int> layers_of(const RunTree& run, const Layers& layers);

}  // namespace ortopt
