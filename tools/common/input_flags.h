#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/engine/input_request.h"
#include "tools/common/command_line.h"

namespace ortopt::tool {

/// Which inputs models are run with. A tool may set other defaults before it declares them.
struct InputFlags {
  std::string style = "default";
  std::vector<int64_t> batch_sizes = {1};
  std::vector<int64_t> sequence_lengths = {128};
  int64_t past = 1;
  int64_t global_places = 1;
  int64_t average_length = -1;  ///< Below 1: no padding.
  bool random_lengths = false;
  uint64_t seed = 3;
  std::size_t samples = 1;
  std::string ids_name;
  std::string segment_name;
  std::string mask_name;
  int mask_type = 2;
  std::vector<std::string> files;
};

/// Declares --dummy_inputs, sizes, padding, --seed, --samples, names of inputs and --input-data in a
/// group of their own.
void declare_input_flags(CommandLine& line, InputFlags& flags);

/// One request for each batch size and sequence length given, batch sizes changing last; one in all
/// when inputs come from files. Fails with `usage`.
[[nodiscard]] Result<std::vector<InputRequest>> input_requests(const InputFlags& flags);

/// The same for tools that take one batch size and one sequence length only.
[[nodiscard]] Result<InputRequest> input_request(const InputFlags& flags);

/// Flags that were given and change nothing, one sentence each.
[[nodiscard]] std::vector<std::string> ineffective_input_flags(const CommandLine& line,
                                                               const InputFlags& flags);

}  // namespace ortopt::tool
