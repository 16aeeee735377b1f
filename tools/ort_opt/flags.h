#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/precision/options.h"

namespace ortopt::tool {

/// What the flags say, before anything is made of it.
struct Flags {
  std::string input;
  std::string input_file;  ///< Without a flag before it.
  std::string output;
  bool external_data = false;
  bool inline_data = false;
  bool allow_outside_data = false;
  bool sync = false;

  std::string model_type = "auto";
  int64_t num_heads = 0;
  int64_t hidden_size = 0;
  int64_t sequence_length = 0;

  std::vector<std::string> names;  ///< Of all flags given, but for those with paths.
  bool no_bias_in_skip_layer_norm = false;
  bool gelu_approximation = false;
  bool use_mask_index = false;
  bool use_raw_mask = false;
  bool no_attention_mask = false;
  bool use_multi_head_attention = false;
  std::vector<std::string> only;
  std::vector<std::string> skip;
  std::string target;
  bool input_int32 = false;
  bool packing = false;

  bool float16 = false;
  bool gpt2_recipe = false;
  std::string precision;
  std::string keep_io_types = "true";
  std::vector<std::string> io_types;
  std::vector<std::string> keep_fp32;
  std::vector<std::string> blocked_operators;
  std::vector<std::string> blocked_nodes;
  HalfRange range;
  bool force_initializers = false;
  std::vector<std::string> force_inputs;
  std::vector<std::string> precision_inputs;
  std::optional<double> absolute_tolerance;
  std::optional<double> relative_tolerance;

  std::string verify = "auto";
  std::vector<std::string> expectations;
  bool require_fusion = false;
  std::string ort_lib;
  int opt_level = 0;
  bool opt_level_given = false;
  bool only_runtime = false;
  std::string provider;
  bool use_gpu = false;
  bool gpu_only = false;
  bool strict = false;
  bool dry_run = false;

  std::string explain;  ///< "", "table" or "json".
  std::string report;
  bool dump = false;
  bool verbose = false;
  bool list_passes = false;
  std::string text;  ///< Of --help or --version, when one of them was asked for.

  std::vector<std::string> given;    ///< All flags given, those with paths left out.
  std::vector<std::string> shaping;  ///< Those of them that shape the result.
};

/// Reads the command line of `ort-opt FILE`. Fails with `usage`.
[[nodiscard]] Result<Flags> read_flags(const std::vector<std::string>& arguments);

/// Reads the command line of `ort-opt info FILE`: input_file, allow_outside_data and text only.
[[nodiscard]] Result<Flags> read_info_flags(const std::vector<std::string>& arguments);

}  // namespace ortopt::tool
