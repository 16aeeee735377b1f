#include "options.h"

#include <utility>

#include "tools/common/command_line.h"
#include "tools/common/input_flags.h"
#include "tools/common/log_flags.h"
#include "tools/common/runtime_flags.h"

namespace ortopt::tool {
namespace {

constexpr const char* description =
    "Runs two models on the same inputs and says whether they give the same, and where not.";

constexpr const char* examples = R"(Examples:
  compare_results bert.onnx bert.opt.onnx        several sizes and paddings
  compare_results a.onnx b.onnx -b 4 -s 128 --samples 100 --rtol 1e-3 --atol 1e-4
  compare_results a.onnx b.onnx --map input_ids=ids --map logits=output_0
  compare_results a.onnx b.onnx --bisect --html where.html   the first layer where they part
  compare_results gpt2.onnx gpt2.opt.onnx -s 8 --past_sequence_length 0 --generate 16
  compare_results a.onnx b.onnx --output_dir kept; compare_results kept c.onnx
  compare_results a.onnx b.onnx --report -       all measures as JSON
  compare_results --baseline_model a.onnx --optimized_model b.onnx --batch_size 1 --sequence_length 128

Exit codes: 0 equal, 1 failure, 2 usage, 3 no usable model, 4 values or signatures differ,
6 no runtime.
)";

struct Flags {
  std::string baseline;
  std::string other;
  std::vector<std::string> models;
  std::vector<std::string> mapping;
  double absolute = 0;
  double relative = 0;
  int baseline_level = 0;
  bool bisect = false;
  int64_t steps = 0;
  std::string output_folder;
  std::string report;
  std::string page;
  InputFlags inputs;
  RuntimeFlags runtime;
  LogFlags log;
};

void declare(CommandLine& line, Flags& flags) {
  line.group("Models");
  line.path("MODELS", flags.models,
            "The baseline (a model, or ONNX test data with outputs) and the other model")
      ->expected(0, 2);
  line.path("--baseline_model,--baseline", flags.baseline, "The baseline");
  line.path("--optimized_model,--optimized", flags.other, "The model that is compared to it");
  line.list("--map", flags.mapping, "NAME=NAME",
            "An input or output of the baseline and its name in the other");
  line.group("What counts as equal: |a - b| <= max(atol, rtol * |a|)");
  line.option("--rtol", flags.relative, "Relative tolerance; without it by type")
      ->check(CLI::NonNegativeNumber);
  line.option("--atol", flags.absolute, "Absolute tolerance; without it by type")
      ->check(CLI::NonNegativeNumber);
  declare_input_flags(line, flags.inputs);
  line.option("--generate", flags.steps,
              "Steps of generation: presents become pasts, the likeliest word the next input")
      ->check(CLI::NonNegativeNumber);
  declare_runtime_flags(line, flags.runtime);
  line.option("--baseline_opt_level", flags.baseline_level,
              "The runtime's own optimiser for the baseline: off unless asked for")
      ->check(CLI::IsMember({0, 1, 2, 3, 99}));
  line.group("What is told");
  line.flag("--bisect", flags.bisect, "Find the first layer where they part");
  line.path("--output_dir", flags.output_folder,
            "Keep inputs and the baseline's outputs there, as ONNX test data");
  line.path("--report", flags.report, "All measures as JSON; - is stdout");
  line.path("--html", flags.page, "A page with plots of where they differ");
  declare_log_flags(line, flags.log);
}

Result<void> take_models(const Flags& flags, ComparisonRequest& request) {
  std::vector<std::string> models = flags.models;
  for (const std::string& named : {flags.other, flags.baseline})
    if (!named.empty()) models.insert(models.begin(), named);
  if (flags.baseline.empty() && !flags.other.empty() && models.size() == 2)
    std::swap(models[0], models[1]);
  if (models.size() != 2)
    return fail(Code::usage, "two models are needed, a baseline and another; found " +
                                 std::to_string(models.size()) + "; see --help");
  request.baseline = models[0];
  request.other = models[1];
  return {};
}

Result<void> take_mapping(const Flags& flags, ComparisonRequest& request) {
  for (const std::string& text : flags.mapping) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size())
      return fail(Code::usage, "--map '" + text + "' is not of the form NAME=NAME");
    request.mapping.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return {};
}

/// Whether any flag says which inputs there are to be; otherwise cases are made up.
bool asks_for_inputs(const CommandLine& line, const Flags& flags) {
  for (const char* flag :
       {"--batch_size", "--sequence_length", "--past_sequence_length", "--global_length",
        "--average_sequence_length", "--random_sequence_length", "--samples", "--dummy_inputs",
        "--input_ids", "--segment_ids", "--input_mask", "--input-data", "--generate"})
    if (line.is_given(flag)) return true;
  return flags.inputs.mask_type == 3;
}

Result<void> take_runtime(const Flags& flags, ComparisonRequest& request) {
  Result<SessionOptions> session = session_options(flags.runtime);
  if (!session) return pass_on(session.error());
  request.session = *std::move(session);
  request.baseline_optimization = static_cast<RuntimeOptimization>(flags.baseline_level);
  Result<std::filesystem::path> library = runtime_library(flags.runtime);
  if (!library) return pass_on(library.error());
  request.runtime = *std::move(library);
  return {};
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  CommandLine line("compare_results", description, examples);
  Flags flags;
  declare(line, flags);
  Result<std::string> text = line.parse(arguments);
  if (!text) return pass_on(text.error());
  Options options;
  options.text = *std::move(text);
  if (!options.text.empty()) return options;
  ComparisonRequest& request = options.request;
  for (const auto step : {take_models, take_mapping, take_runtime})
    if (Result<void> done = step(flags, request); !done) return pass_on(done.error());
  if (line.is_given("--atol")) request.tolerance.absolute = flags.absolute;
  if (line.is_given("--rtol")) request.tolerance.relative = flags.relative;
  request.seed = flags.inputs.seed;
  if (asks_for_inputs(line, flags)) {
    Result<InputRequest> inputs = input_request(flags.inputs);
    if (!inputs) return pass_on(inputs.error());
    request.inputs = *std::move(inputs);
  }
  request.steps = flags.steps;
  if (flags.bisect) request.bisect = Bisect::when_different;
  request.output_folder = flags.output_folder;
  options.report = flags.report;
  options.page = flags.page;
  options.log_level = log_level(flags.log);
  options.warnings = ineffective_input_flags(line, flags.inputs);
  return options;
}

}  // namespace ortopt::tool
