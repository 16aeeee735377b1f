#include "options.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string_view>
#include <utility>

#include "flags.h"
#include "incumbent.h"
#include "ortopt/pass/registry.h"
#include "precision_options.h"

namespace ortopt::tool {
namespace {

/// How a conversion to another precision is to be done.
constexpr std::array<std::string_view, 9> conversion_flags = {
    "--keep_io_types",    "--io-type",          "--keep-fp32",      "--op_block_list",
    "--node_block_list",  "--min_positive_val", "--max_finite_val", "--force_fp16_initializers",
    "--force_fp16_inputs"};

/// Makes a request of what the flags say.
class Interpreter {
 public:
  explicit Interpreter(const Flags& flags) : flags_(flags) {}

  Result<Options> run() {
    for (const auto step :
         {&Interpreter::refuse_what_is_missing, &Interpreter::take_files, &Interpreter::take_hints,
          &Interpreter::take_switches, &Interpreter::take_target, &Interpreter::take_precision,
          &Interpreter::take_runtime, &Interpreter::take_checks, &Interpreter::take_output}) {
      const Result<void> done = (this->*step)();
      if (!done) return pass_on(done.error());
    }
    if (flags_.strict && !options_.warnings.empty())
      return fail(Code::usage, options_.warnings.front());
    return std::move(options_);
  }

 private:
  Result<void> refuse_what_is_missing() {
    if (flags_.packing)
      return fail(Code::usage, "--convert_to_packing_mode: packing is not available yet");
    return {};
  }

  Result<void> take_files() {
    if (!flags_.input.empty() && !flags_.input_file.empty())
      return fail(Code::usage, "the input is given twice: '" + flags_.input + "' and '" +
                                   flags_.input_file + "'");
    request().input = flags_.input.empty() ? flags_.input_file : flags_.input;
    if (request().input.empty()) return fail(Code::usage, "no input given; see --help");
    request().output = flags_.output;
    if (flags_.output.empty()) request().output = default_output(request().input);
    if (flags_.external_data && flags_.inline_data)
      return fail(Code::usage, "--external-data and --inline exclude each other");
    if (flags_.external_data) request().weights = WeightPlacement::external;
    if (flags_.inline_data) request().weights = WeightPlacement::inline_;
    request().load.allow_outside_data = flags_.allow_outside_data;
    request().sync = flags_.sync;
    request().dry_run = flags_.dry_run;
    return {};
  }

  Result<void> take_hints() {
    std::string type = flags_.model_type;
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (std::find(model_types.begin(), model_types.end(), type) == model_types.end())
      warn("--model_type " + type + " is not known; fusions are found without it");
    if (flags_.sequence_length != 0)
      warn("--sequence_length has no effect: lengths stay as they are");
    request().passes.hints = {type, flags_.num_heads, flags_.hidden_size};
    return {};
  }

  Result<void> take_switches() {
    std::set<std::string_view> known;
    const Pipeline pipeline = make_pipeline();
    for (const Stage& stage : pipeline)
      for (const auto& pass : stage.passes) known.insert(pass->id());
    request().selection = {flags_.only, flags_.skip};
    for (const FusionSwitch& entry : fusion_switches) {
      if (!is_given(entry.flag)) continue;
      bool has_effect = false;
      for (const std::string_view id : entry.passes) {
        if (!known.contains(id)) continue;
        request().selection.skip.emplace_back(id);
        has_effect = true;
      }
      if (!has_effect) warn(std::string(entry.flag) + " has no effect: there is no such pass here");
    }
    for (const IneffectiveFlag& entry : ineffective_flags)
      if (is_given(entry.flag))
        warn(std::string(entry.flag) + " has no effect: " + std::string(entry.reason));
    return {};
  }

  Result<void> take_target() {
    PassOptions& passes = request().passes;
    passes.bias_in_skip_layer_norm = !flags_.no_bias_in_skip_layer_norm;
    passes.gelu_approximation = flags_.gelu_approximation;
    passes.use_multi_head_attention = flags_.use_multi_head_attention;
    // The incumbent applies the three mask flags in this order; the last one wins.
    passes.use_mask_index = flags_.use_mask_index && !flags_.use_raw_mask;
    passes.no_attention_mask = flags_.no_attention_mask;
    request().int32_inputs = flags_.input_int32;
    if (flags_.target.empty()) return {};
    Result<Target> target = Target::parse(flags_.target);
    if (!target) return pass_on(target.error());
    passes.target = *target;
    return {};
  }

  Result<void> take_precision() {
    Result<PrecisionOptions> precision = precision_options(flags_);
    if (!precision) return pass_on(precision.error());
    request().precision = std::move(*precision);
    if (request().precision.precision == Precision::float32)
      for (const std::string_view flag : conversion_flags)
        if (is_given(flag))
          warn(std::string(flag) +
               " has no effect: everything stays in float32 (see --float16 and --precision)");
    const bool is_mixed = request().precision.precision == Precision::mixed;
    if (!is_mixed && !flags_.precision_inputs.empty())
      warn("--input-data has no effect without --precision mixed");
    for (const std::string& file : flags_.precision_inputs)
      request().precision_inputs.emplace_back(file);
    request().tolerance = {flags_.absolute_tolerance, flags_.relative_tolerance};
    return {};
  }

  Result<void> take_runtime() {
    int level = flags_.opt_level;
    if (flags_.only_runtime && level == 0) {
      if (flags_.opt_level_given)
        return fail(Code::usage, "--only_onnxruntime with --opt_level 0 leaves nothing to do");
      level = 1;
    }
    request().without_passes = flags_.only_runtime;
    request().runtime_stage.level = static_cast<RuntimeOptimization>(level);
    request().runtime.explicit_path = flags_.ort_lib;
    if (!flags_.provider.empty())
      request().runtime_stage.provider = flags_.provider;
    else if (flags_.use_gpu || flags_.gpu_only)
      request().runtime_stage.provider = "cuda";
    if (level > 0) return {};
    for (const std::string_view flag : {"--provider", "--use_gpu", "--gpu_only"})
      if (is_given(flag))
        warn(std::string(flag) +
             " has no effect at --opt_level 0: fusion needs no device (see --target)");
    return {};
  }

  Result<void> take_checks() {
    if (flags_.dry_run && flags_.verify == "on")
      return fail(Code::usage,
                  "--verify on and --dry-run exclude each other: what is not written "
                  "cannot be run");
    request().strict = flags_.strict;
    request().require_fusion = flags_.require_fusion;
    request().verify = flags_.verify == "on"    ? VerifyMode::on
                       : flags_.verify == "off" ? VerifyMode::off
                                                : VerifyMode::automatic;
    for (const std::string& text : flags_.expectations) {
      Result<Expectation> expectation = parse_expectation(text);
      if (!expectation) return pass_on(expectation.error());
      request().expectations.push_back(std::move(*expectation));
    }
    return {};
  }

  Result<void> take_output() {
    if (flags_.explain == "table") options_.explain = Options::Explain::table;
    if (flags_.explain == "json") options_.explain = Options::Explain::json;
    options_.report = flags_.report;
    options_.dump = flags_.dump;
    if (flags_.verbose) options_.log_level = LogLevel::debug;
    const int claims =
        (flags_.dump ? 1 : 0) + (flags_.report == "-" ? 1 : 0) + (flags_.explain == "json" ? 1 : 0);
    if (claims > 1)
      return fail(Code::usage, "--dump, --report - and --explain=json all need stdout; choose one");
    request().flags = flags_.given;
    request().shaping_flags = flags_.shaping;
    return {};
  }

  [[nodiscard]] bool is_given(std::string_view flag) const {
    return std::find(flags_.names.begin(), flags_.names.end(), flag) != flags_.names.end();
  }
  [[nodiscard]] OptimiseRequest& request() { return options_.request; }
  void warn(std::string text) { options_.warnings.push_back(std::move(text)); }

  const Flags& flags_;
  Options options_;
};

Result<Options> parse_info(const std::vector<std::string>& arguments) {
  const Result<Flags> flags = read_info_flags(arguments);
  if (!flags) return pass_on(flags.error());
  Options options;
  options.command = flags->text.empty() ? Options::Command::info : Options::Command::text;
  options.text = flags->text;
  options.request.input = flags->input_file;
  options.request.load.allow_outside_data = flags->allow_outside_data;
  return options;
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  if (!arguments.empty() && arguments.front() == "info")
    return parse_info({arguments.begin() + 1, arguments.end()});
  const Result<Flags> flags = read_flags(arguments);
  if (!flags) return pass_on(flags.error());
  Options options;
  options.text = flags->text;
  if (!flags->text.empty()) {
    options.command = Options::Command::text;
  } else if (flags->list_passes) {
    options.command = Options::Command::list_passes;
  } else {
    return Interpreter(*flags).run();
  }
  return options;
}

}  // namespace ortopt::tool
