#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/measure/statistics.h"
#include "ortopt/measure/subject.h"
#include "ortopt/profile/trace.h"
#include "ortopt/shape/layers.h"

namespace ortopt {

/// How long something takes in one run: milliseconds, over the runs in the middle.
struct RunTime {
  double mean = 0;
  double deviation = 0;  ///< Between runs.
  double median = 0;     ///< What a run takes that nothing disturbs.
  double calls = 0;      ///< In one run, on average.
  double share = 0;      ///< Of the wall time of a run; 1 is all of it.
};

/// One node of the graph. What the bodies of Loop, If and Scan take is theirs, not the holder's.
struct NodeTime {
  std::string name;
  std::string op;
  std::string provider;
  std::string inputs;     ///< "float[2, 16, 32]".
  int layer = 0;          ///< See Layers; 0 when there are none.
  std::size_t order = 0;  ///< When it first ran.
  RunTime time;
};

/// Nodes that have something in common.
struct GroupTime {
  std::string name;  ///< "MatMul", "CUDAExecutionProvider".
  int layer = 0;     ///< Of groups that are layers.
  RunTime time;
};

/// Where the wall time of a run goes, in milliseconds. The parts make up the whole:
/// wall = kernels + fences + between + around + outside − overlap.
struct WallTime {
  double wall = 0;     ///< As the caller sees it.
  double kernels = 0;  ///< In nodes.
  double fences = 0;   ///< Waiting before and after nodes.
  double between =
      0;              ///< In the executor, but in no node: scheduling, memory, the profiler itself.
  double around = 0;  ///< In the runtime before and after the executor: inputs and outputs.
  double outside = 0;  ///< In the call, but not in the runtime's own measurement.
  double overlap = 0;  ///< Nodes that run at the same time count twice.

  [[nodiscard]] double gap() const { return wall - kernels + overlap; }
};

/// What an analysis is to leave out.
struct ProfileOptions {
  std::size_t warm_up = 1;        ///< Runs at the start that do not count.
  bool kernel_time_only = false;  ///< No fences: they become part of what lies between nodes.
  /// As the caller measured them, one for each run that counts; empty: the runtime's own measure.
  std::vector<Timing> wall;
};

struct Profile {
  std::size_t runs = 0;  ///< That were measured.
  Summary latency;       ///< Wall time of those, in milliseconds.
  /// Runs that the times below are of: a fifth of all, ten at least, around the median of those
  /// that had the processor for themselves; where those are fewer than ten, the ten that came
  /// nearest to that. What disturbs a run is seldom the model's doing.
  std::size_t middle_runs = 0;
  std::size_t typical_run = 0;  ///< One of them, of median duration, counted from the first run.
  WallTime wall;
  std::vector<NodeTime> nodes;       ///< In the order of execution.
  std::vector<GroupTime> operators;  ///< Most expensive first.
  std::vector<GroupTime> providers;  ///< Most expensive first.
  std::vector<GroupTime> layers;     ///< From input to output; empty when there are none.
  std::vector<GroupTime> devices;    ///< Kernels on a GPU, most expensive first.
  std::vector<std::string> remarks;
};

/// Fails with `usage` when the trace holds no run that counts.
[[nodiscard]] Result<Profile> analyse(const Trace& trace, const Layers& layers,
                                      const ProfileOptions& options);

/// The names of nodes in the order in which they first ran.
[[nodiscard]] std::vector<std::string> node_names(const Trace& trace);

}  // namespace ortopt
