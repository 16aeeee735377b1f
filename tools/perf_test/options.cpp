#include "options.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "ortopt/measure/fingerprint.h"
#include "tools/common/command_line.h"
#include "tools/common/input_flags.h"
#include "tools/common/log_flags.h"
#include "tools/common/runtime_flags.h"

namespace ortopt::tool {
namespace {

constexpr const char* description =
    "Measures how fast models run, and says whether one is faster than another.";

constexpr const char* examples = R"(Examples:
  perf_test bert.onnx                                  latency at batch 1, length 128
  perf_test bert.opt.onnx --against bert.onnx          is it faster than that?
  perf_test bert.opt.onnx --against bert.onnx --expect faster      for CI: exit code 5 unless it is
  perf_test bert.onnx -b 1 4 16 -s 64 128 --html perf.html         sweeps, with plots
  perf_test bert.onnx --inclusive                      all numbers of threads
  perf_test bert.onnx --tune                           the best settings, as code
  perf_test bert.onnx --tune --provider cuda --tune_option "cuda:use_tf32=0|1"
  perf_test --model bert.onnx --batch_size 1 --sequence_length 128 --samples 10 --test_times 100

Exit codes: 0 measured, 1 failure (a model or the runtime crashed), 2 usage, 3 no usable model,
5 --expect was not met, 6 no runtime.
)";

struct Flags {
  std::vector<std::string> models;
  std::vector<std::string> more_models;
  std::string against;
  std::size_t test_times = 0;
  double seconds = Schedule{}.seconds;
  double patience = Schedule{}.patience;
  double precision = 100 * Schedule{}.precision;
  std::size_t rounds = 0;
  bool inclusive = false;
  bool tune = false;
  std::vector<std::string> tune_options;
  bool io_binding = false;
  std::string expect;
  int log_severity = 2;
  std::string tuning_in;
  std::string tuning_out;
  std::string json;
  std::string csv;
  std::string html;
  std::string results;
  InputFlags inputs;
  RuntimeFlags runtime;
  LogFlags log;
};

void declare_measuring(CommandLine& line, Flags& flags) {
  line.group("Models");
  line.path("MODELS", flags.models, "What is measured, in turns");
  line.path("--model", flags.more_models, "The same");
  line.path("--against", flags.against, "The model that the others are compared to");
  line.group("Measuring");
  line.option("-t,--test_times", flags.test_times,
              "Runs for each sample, exactly; without it as many as precision asks for");
  line.option("--seconds", flags.seconds, "About how long each setting may take")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  line.option("--patience", flags.patience,
              "As many times that, at most, where the machine is too busy to see 2.5 % of a "
              "difference")
      ->check(CLI::Range(1.0, 1000.0))
      ->capture_default_str();
  line.option("--precision", flags.precision,
              "End early when the 99.5 % interval is this narrow, in % on either side")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  line.option("--rounds", flags.rounds,
              "Processes for each model, one after the other, exactly; 0: by time")
      ->capture_default_str();
  line.flag("--inclusive", flags.inclusive, "Sweep over all numbers of threads");
  line.flag("--tune", flags.tune,
            "Search for the best threads within and between operators, level, spinning, arena, "
            "memory pattern, and options of providers that change no results");
  line.list("--tune_option", flags.tune_options, "NAME:KEY=VALUE|VALUE...",
            "An option of a provider to be tried as well");
  line.option("--expect", flags.expect, "Exit with 5 unless this is the verdict")
      ->check(CLI::IsMember({"faster", "not-slower"}));
  declare_input_flags(line, flags.inputs);
  declare_runtime_flags(line, flags.runtime);
}

void declare_telling(CommandLine& line, Flags& flags) {
  line.group("What is told");
  line.path("--json", flags.json, "Everything, all runs included; - is stdout");
  line.path("--csv", flags.csv, "A line for each setting; - is stdout");
  line.path("--html", flags.html, "A page with plots");
  line.path("--results", flags.results,
            "Folder of perf_results_*.txt; without it the model's; none: no such file");
  declare_log_flags(line, flags.log);
  line.group("For scripts written for bert_perf_test.py");
  line.flag("--use_io_binding", flags.io_binding, "No effect: inputs and outputs are always bound");
  line.option("--log_severity", flags.log_severity, "No effect: see --log-level");
  line.path("--input_tuning_results", flags.tuning_in, "Not available");
  line.path("--output_tuning_results", flags.tuning_out, "Not available");
}

Result<void> check(const Flags& flags, const Options& options) {
  if (!flags.tuning_in.empty() || !flags.tuning_out.empty())
    return fail(Code::usage,
                "tuning results of kernels are not available through ONNX Runtime's C "
                "API; for a search for the best session settings see --tune");
  if (options.models.empty()) return fail(Code::usage, "a model is needed; see --help");
  for (const std::filesystem::path& model : options.models)
    if (!std::filesystem::is_regular_file(model))
      return fail(Code::failure, "'" + model.string() + "' is no file");
  if (options.expectation != Expectation::none && options.models.size() < 2)
    return fail(Code::usage, "--expect needs two models, or --against");
  if (options.tune && (options.models.size() > 1 || options.inputs.size() > 1))
    return fail(Code::usage, "--tune takes one model, one batch size and one sequence length");
  return {};
}

/// What --tune tries of the providers.
Result<void> take_tuned_options(const Flags& flags, Options& options) {
  options.tuned = provider_dimensions(options.session.providers);
  for (const std::string& text : flags.tune_options) {
    const Result<Provider> asked = parse_provider(text);
    if (!asked) return pass_on(asked.error());
    if (std::ranges::find(options.session.providers, asked->name, &Provider::name) ==
        options.session.providers.end())
      return fail(Code::usage, "--tune_option '" + text + "' needs --provider " + asked->name);
    for (const auto& [key, values] : asked->options) {
      std::vector<std::string> list;
      std::istringstream parts(values);
      for (std::string value; std::getline(parts, value, '|');) list.push_back(value);
      options.tuned.push_back(provider_dimension(asked->name, key, list));
    }
  }
  return {};
}

/// As the incumbent sweeps, from the most to the fewest.
std::vector<std::size_t> sweep_of_threads(const Machine& machine) {
  std::vector<std::size_t> counts = {machine.physical_cores, machine.logical_cores};
  constexpr std::size_t most = 16;
  for (std::size_t count = 1; count < std::min(most, machine.logical_cores); ++count)
    counts.push_back(count);
  std::ranges::sort(counts, std::greater());
  counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
  return counts;
}

std::vector<std::size_t> take_threads(const Flags& flags) {
  const Machine machine = this_machine();
  if (flags.inclusive) return sweep_of_threads(machine);
  if (flags.runtime.intra_op_threads > 0)
    return {static_cast<std::size_t>(flags.runtime.intra_op_threads)};
  return {std::max<std::size_t>(1, machine.physical_cores)};
}

void take_models(const Flags& flags, Options& options) {
  for (const auto* list : {&flags.models, &flags.more_models})
    for (const std::string& model : *list) options.models.emplace_back(model);
  if (!flags.against.empty()) options.models.insert(options.models.begin(), flags.against);
  options.against = options.models.size() > 1;
}

void take_results_folder(const Flags& flags, Options& options) {
  if (flags.results == "none" || options.models.empty()) return;
  options.results_folder = flags.results;
  if (flags.results.empty()) options.results_folder = options.models.back().parent_path();
  if (options.results_folder.empty()) options.results_folder = ".";
}

Result<Options> options_of(const Flags& flags, const CommandLine& line) {
  Options options;
  take_models(flags, options);
  if (flags.expect == "faster") options.expectation = Expectation::faster;
  if (flags.expect == "not-slower") options.expectation = Expectation::not_slower;
  options.tune = flags.tune;
  options.test_times = flags.test_times;
  Result<std::vector<InputRequest>> inputs = input_requests(flags.inputs);
  if (!inputs) return pass_on(inputs.error());
  options.inputs = std::move(*inputs);
  if (Result<void> done = check(flags, options); !done) return pass_on(done.error());
  Result<SessionOptions> session = session_options(flags.runtime);
  if (!session) return pass_on(session.error());
  options.session = std::move(*session);
  if (Result<void> done = take_tuned_options(flags, options); !done) return pass_on(done.error());
  options.threads = take_threads(flags);
  options.schedule.runs = flags.test_times * flags.inputs.samples;
  options.schedule.seconds = flags.seconds;
  options.schedule.patience = flags.patience;
  options.schedule.precision = flags.precision / 100;
  options.schedule.rounds = flags.rounds;
  options.json = flags.json;
  options.csv = flags.csv;
  options.html = flags.html;
  take_results_folder(flags, options);
  options.log_level = log_level(flags.log);
  options.warnings = ineffective_input_flags(line, flags.inputs);
  if (line.is_given("--log_severity"))
    options.warnings.emplace_back("--log_severity has no effect: see --log-level");
  Result<std::filesystem::path> runtime = runtime_library(flags.runtime);
  if (!runtime) return pass_on(runtime.error());
  options.runtime = std::move(*runtime);
  return options;
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  Flags flags;
  flags.inputs.samples = 10;
  CommandLine line("perf_test", description, examples);
  declare_measuring(line, flags);
  declare_telling(line, flags);
  Result<std::string> text = line.parse(arguments);
  if (!text) return pass_on(text.error());
  if (!text->empty()) return Options{.text = std::move(*text)};
  Result<Options> options = options_of(flags, line);
  if (options) options->given = arguments;
  return options;
}

}  // namespace ortopt::tool
