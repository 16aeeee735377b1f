#include "options.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "tools/common/command_line.h"

namespace ortopt::tool {
namespace {

constexpr const char* description =
    "Shows where a model's time goes in ONNX Runtime: by layer, operator and node.";

constexpr const char* examples = R"(Examples:
  ort-profile bert.onnx                            run it, print tables and what would help
  ort-profile bert.onnx -b 8 -s 128 -n 4 --html p.html
  ort-profile --diff bert.onnx bert.opt.onnx       where the difference comes from, layer by layer
  ort-profile -i onnxruntime_profile__2026-01-01_10-00-00.json
  ort-profile gpt2.onnx --dummy_inputs gpt2 --past_sequence_length 64 --trace trace.json

Exit codes: 0 done, 1 the runtime failed, 2 bad usage, 3 no usable model, 6 no runtime found.)";

/// What the command line fills.
struct Flags {
  std::string model;
  std::string input;
  std::vector<std::string> difference;
  std::vector<std::string> outputs = std::vector<std::string>(5);
  bool basic_optimization = false;
  bool no_hints = false;
};

void declare(CommandLine& line, Flags& flags, ProfileToolOptions& options) {
  line.group("What to profile");
  line.path("-m,--model,model", flags.model, "The model to run");
  line.path("-i,--input", flags.input,
            "A profile to read instead of running; with a model, layers are those of its graph");
  line.path("--diff", flags.difference, "Two models or profiles to be compared")->expected(2);
  line.option("--warm-up", options.warm_up, "Runs of a profile read that do not count")
      ->capture_default_str();

  options.runtime.opt_level = 99;
  options.inputs.sequence_lengths = {32};
  options.inputs.seed = 123;
  options.inputs.samples = 0;
  declare_runtime_flags(line, options.runtime);
  line.flag("--basic_optimization", flags.basic_optimization, "The same as --opt_level 1");
  declare_input_flags(line, options.inputs);
  line.app()
      .get_option("--samples")
      ->description("Runs that count; 0: what takes about two seconds, 10 to 300");

  line.group("Output");
  line.option("--threshold", options.threshold, "Least share of a node in the table (0.01: 1 %)")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  line.flag("--kernel_time_only", options.kernel_time_only, "Leave waiting out of nodes");
  line.flag("--no-hints", flags.no_hints, "Do not look for what would help");
  line.path("--json", flags.outputs[0], "All figures as JSON; - is stdout");
  line.path("--csv", flags.outputs[1], "One line a node, or a layer and operator with --diff");
  line.path("--html", flags.outputs[2], "A page with plots and a flame chart");
  line.path("--trace", flags.outputs[3], "For chrome://tracing and Perfetto");
  line.path("--keep", flags.outputs[4], "Leave the runtime's own profile in this folder");
  declare_log_flags(line, options.log);
}

Result<void> take_subjects(const Flags& flags, ProfileToolOptions& options) {
  const bool differs = !flags.difference.empty();
  if (differs && (!flags.model.empty() || !flags.input.empty()))
    return fail(Code::usage, "--diff takes both of its models itself");
  for (const std::string& subject : flags.difference) options.subjects.emplace_back(subject);
  if (differs) return {};
  if (flags.model.empty() && flags.input.empty())
    return fail(Code::usage, "a model or a profile (--input) is needed; see --help");
  options.subjects = {flags.input.empty() ? flags.model : flags.input};
  if (!flags.input.empty()) options.graph = flags.model;
  return {};
}

Result<void> take_outputs(const Flags& flags, ProfileToolOptions& options) {
  options.json = flags.outputs[0];
  options.csv = flags.outputs[1];
  options.html = flags.outputs[2];
  options.trace = flags.outputs[3];
  options.keep = flags.outputs[4];
  const std::array outputs = {options.json, options.csv, options.html, options.trace};
  if (std::count(outputs.begin(), outputs.end(), "-") > 1)
    return fail(Code::usage, "only one output can go to stdout");
  if (options.is_difference() && !options.trace.empty())
    return fail(Code::usage, "--trace is for one model; --diff has two");
  for (const std::filesystem::path& output : outputs) {
    if (output.empty() || output == "-") continue;
    if (std::find(options.subjects.begin(), options.subjects.end(), output) !=
        options.subjects.end())
      return fail(Code::usage, "'" + output.string() + "' would be overwritten");
    const std::filesystem::path folder = std::filesystem::absolute(output).parent_path();
    std::error_code missing;
    if (!std::filesystem::is_directory(folder, missing))
      return fail(Code::failure,
                  "'" + output.string() + "' cannot be written: its folder is missing");
  }
  return {};
}

/// Flags for running change nothing when profiles are read.
void find_ineffective(const CommandLine& line, ProfileToolOptions& options) {
  options.warnings = ineffective_input_flags(line, options.inputs);
  const bool runs = std::any_of(options.subjects.begin(), options.subjects.end(),
                                [](const auto& subject) { return !is_profile(subject); });
  if (runs && line.is_given("--warm-up"))
    options.warnings.emplace_back(
        "--warm-up has no effect on models that are run: they are warmed "
        "up outside the profile's measure");
  if (runs) return;
  for (const char* name : {"--provider", "--use_gpu", "--intra_op_num_threads", "--batch_size",
                           "--sequence_length", "--past_sequence_length", "--global_length",
                           "--samples", "--dummy_inputs", "--input-data", "--keep"})
    if (line.is_given(name))
      options.warnings.push_back(std::string(name) + " has no effect: nothing is run");
}

}  // namespace

bool is_profile(const std::filesystem::path& subject) { return subject.extension() == ".json"; }

Result<ProfileToolOptions> parse_profile_options(const std::vector<std::string>& arguments) {
  ProfileToolOptions options;
  Flags flags;
  CommandLine line("ort-profile", description, examples);
  declare(line, flags, options);
  Result<std::string> text = line.parse(arguments);
  if (!text) return pass_on(text.error());
  options.text = std::move(*text);
  if (!options.text.empty()) return options;
  if (flags.basic_optimization) options.runtime.opt_level = 1;
  options.hints = !flags.no_hints;
  options.samples = options.inputs.samples;
  options.command = std::accumulate(
      arguments.begin(), arguments.end(), std::string("ort-profile"),
      [](const std::string& all, const std::string& one) { return all + " " + one; });
  if (const Result<void> taken = take_subjects(flags, options); !taken)
    return pass_on(taken.error());
  if (const Result<void> taken = take_outputs(flags, options); !taken)
    return pass_on(taken.error());
  find_ineffective(line, options);
  return options;
}

}  // namespace ortopt::tool
