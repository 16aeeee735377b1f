#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ortopt/profile/profile.h"

namespace ortopt {

/// What an optimiser would make of a kind of block ("attention", "gelu") in the graph that was run.
struct FusionOutlook {
  std::string form;
  std::size_t gained = 0;  ///< Blocks that would be fused and are not.
  std::size_t missed = 0;  ///< Blocks that would stay as they are.
  std::string reason;      ///< Of the first of those.
};

/// What is known besides the profile.
struct HintFacts {
  std::string model;                   ///< For the commands; empty: not known.
  std::string target = "cpu";          ///< Of ort-opt, for the commands.
  std::vector<FusionOutlook> outlook;  ///< Empty: nobody looked.
  std::vector<std::string> providers;  ///< That were asked for, as in "CUDAExecutionProvider".
  double profiling_cost = 0;           ///< 0.1: a run takes a tenth longer with profiling.
};

/// Something worth trying, and how.
struct Hint {
  std::string text;
  std::string command;  ///< Empty when there is none.
};

/// What follows from a profile and its graph; the most promising first.
[[nodiscard]] std::vector<Hint> find_hints(const Profile& profile, const HintFacts& facts);

/// Nodes that run on the CPU although another provider was asked for, or has others of this graph.
[[nodiscard]] std::vector<NodeTime> find_fallbacks(const Profile& profile,
                                                   const std::vector<std::string>& providers);

}  // namespace ortopt
