#include "options.h"

#include <algorithm>
#include <utility>

#include "ortopt/measure/fingerprint.h"
#include "tools/common/command_line.h"
#include "tools/common/runtime_flags.h"

namespace ortopt::tool {
namespace {

constexpr const char* description =
    "Measures models x batch sizes x lengths x threads, untouched and optimised, as tables.";

constexpr const char* examples = R"(Examples:
  ort-bench -m bert.onnx gpt2.onnx -b 1 8 -s 32 128
  ort-bench -m bert.onnx -o no_opt by_script --html bench.html --markdown bench.md
  ort-bench -m bert.onnx -n 1 2 -t 100 -d detail.csv -r result.csv

Exit codes: 0 measured, 1 failure (a model or the runtime crashed), 2 usage, 3 no usable model,
6 no runtime.
)";

struct Flags {
  std::vector<std::string> models;
  std::vector<std::string> engines = {"onnxruntime"};
  std::vector<std::string> optimizers = {"no_opt", "by_script"};
  std::string precision = "fp32";
  std::string onnx_folder = "onnx_models";
  std::string detail_csv;
  std::string result_csv;
  std::string markdown;
  std::string html;
  std::vector<int64_t> batch_sizes = {1};
  std::vector<int64_t> sequence_lengths = {4, 8, 16, 32, 64, 128, 256};
  std::vector<std::size_t> threads;
  std::size_t test_times = 0;
  double seconds = Schedule{}.seconds;
  RuntimeFlags runtime;
};

void declare(CommandLine& line, Flags& flags) {
  line.group("What is measured");
  line.path("-m,--models", flags.models, "Models, as ONNX files");
  line.option("-e,--engines", flags.engines, "onnxruntime")
      ->check(CLI::IsMember({"onnxruntime"}))
      ->capture_default_str();
  line.option(
          "-o,--optimizer_info", flags.optimizers,
          "no_opt: untouched, by_script: by ort-opt; the runtime's own optimiser is on for both")
      ->check(CLI::IsMember({"no_opt", "by_script"}))
      ->capture_default_str();
  line.option("-p,--precision", flags.precision,
              "fp32: as the models are; for others give models that ort-opt has converted")
      ->check(CLI::IsMember({"fp32"}))
      ->capture_default_str();
  line.option("-b,--batch_sizes", flags.batch_sizes, "Rows in a batch")->capture_default_str();
  line.option("-s,--sequence_lengths", flags.sequence_lengths, "Words in a row")
      ->capture_default_str();
  line.option("-n,--num_threads", flags.threads, "Threads; without it the physical cores");
  line.option("-t,--test_times", flags.test_times,
              "Runs, exactly; without it as many as an interval of 1 % asks for");
  line.option("--seconds", flags.seconds, "About how long each setting may take")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  line.group("Runtime");
  line.path("--ort-lib", flags.runtime.ort_lib, "ONNX Runtime's library, or its folder");
  line.flag("-g,--use_gpu", flags.runtime.use_gpu, "The same as --provider cuda");
  line.option("--provider", flags.runtime.providers, "Execution provider")->expected(1)->take_all();
  line.group("Files");
  line.path("--onnx_dir", flags.onnx_folder, "Where optimised models go")->capture_default_str();
  line.path("-d,--detail_csv", flags.detail_csv, "A line for each measurement");
  line.path("-r,--result_csv", flags.result_csv, "A column for each batch size and length");
  line.path("--markdown", flags.markdown, "The tables of latencies");
  line.path("--html", flags.html, "The same as a page");
}

Result<Options> options_of(const Flags& flags) {
  Options options;
  if (flags.models.empty()) return fail(Code::usage, "-m names the models; see --help");
  for (const std::string& model : flags.models) {
    if (!std::filesystem::is_regular_file(model))
      return fail(Code::failure, "'" + model + "' is no file");
    options.models.emplace_back(model);
  }
  options.optimizers = flags.optimizers;
  options.batch_sizes = flags.batch_sizes;
  options.sequence_lengths = flags.sequence_lengths;
  options.threads = flags.threads;
  if (options.threads.empty())
    options.threads = {std::max<std::size_t>(1, this_machine().physical_cores)};
  Result<SessionOptions> session = session_options(flags.runtime);
  if (!session) return pass_on(session.error());
  options.session = std::move(*session);
  options.test_times = flags.test_times;
  options.schedule.runs = flags.test_times;
  options.schedule.seconds = flags.seconds;
  options.onnx_folder = flags.onnx_folder;
  options.detail_csv = flags.detail_csv;
  options.result_csv = flags.result_csv;
  options.markdown = flags.markdown;
  options.html = flags.html;
  Result<std::filesystem::path> runtime = runtime_library(flags.runtime);
  if (!runtime) return pass_on(runtime.error());
  options.runtime = std::move(*runtime);
  return options;
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  Flags flags;
  CommandLine line("ort-bench", description, examples);
  declare(line, flags);
  Result<std::string> text = line.parse(arguments);
  if (!text) return pass_on(text.error());
  if (!text->empty()) return Options{.text = std::move(*text)};
  return options_of(flags);
}

}  // namespace ortopt::tool
