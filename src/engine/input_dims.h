#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/input_evidence.h"
#include "ortopt/engine/inputs.h"

namespace ortopt {

/// The size that a dynamic dimension stands for: a member of InputSizes.
using SizeRole = int64_t InputSizes::*;

/// What is known of one input when its dimensions are read.
struct InputFacts {
  Port port;
  InputMeaning meaning;
  InputEvidence evidence;
};

/// One dimension of an input: a fixed size, or the part that it plays.
struct PlannedDim {
  std::optional<int64_t> size;
  SizeRole role = nullptr;

  [[nodiscard]] int64_t in(const InputSizes& sizes) const { return size ? *size : sizes.*role; }
};

/// The dimensions of all inputs, read so that they fit each other.
struct PlannedDims {
  std::vector<std::vector<PlannedDim>> inputs;
  /// Sizes that fixed dimensions prescribe to the part that they play.
  std::vector<std::pair<SizeRole, int64_t>> fixed;
  /// The parts that dynamic dimensions play.
  std::vector<SizeRole> dynamic;

  [[nodiscard]] bool varies(SizeRole role) const;
};

/// Reads the dimensions. A symbol that inputs share is one size; a symbol that an exporter made for
/// one dimension alone says nothing, and its place decides.
[[nodiscard]] PlannedDims plan_dims(const std::vector<InputFacts>& inputs);

}  // namespace ortopt
