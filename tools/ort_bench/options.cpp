#include "options.h"

#include <algorithm>
#include <utility>

#include "ortopt/measure/fingerprint.h"
#include "tools/common/command_line.h"
#include "tools/common/runtime_flags.h"

namespace ortopt::tool {
namespace {

constexpr const char* description =
    "Measures models x engines x optimizers x precisions x batch sizes x lengths x threads, as "
    "tables.";

constexpr const char* examples = R"(Examples:
  ort-bench -m bert.onnx gpt2.onnx -b 1 8 -s 32 128
  ort-bench -m bert.onnx -o no_opt by_script --html bench.html --markdown bench.md
  ort-bench -m bert.onnx -n 1 2 -t 100 -d detail.csv -r result.csv
  ort-bench -m bert.onnx -o by_script -p fp32 fp16
  ort-bench -m bert-base-cased -e onnxruntime torch torchscript --python venv/bin/python
  ort-bench -m bert.onnx -o no_opt by_incumbent by_script --python venv/bin/python
  ort-bench -m bert-base-cased gpt2 -b 0 -f fusion.csv --python venv/bin/python    export, optimise

Exit codes: 0 measured, 1 failure (a model or the runtime crashed), 2 usage, 3 no usable model,
6 no runtime.
)";

struct Flags {
  Options options;  ///< What needs no more than to be taken over.
  std::string model_source = "pt";
  double seconds = Schedule{}.seconds;
  bool without_binding = false;
  RuntimeFlags runtime;
};

void declare_matrix(CommandLine& line, Flags& flags) {
  Options& options = flags.options;
  options.engines = {"onnxruntime"};
  options.optimizers = {"no_opt", "by_script"};
  options.precisions = {"fp32"};
  options.input_counts = {1};
  options.batch_sizes = {1};
  options.sequence_lengths = {4, 8, 16, 32, 64, 128, 256};
  line.group("What is measured");
  line.path("-m,--models", options.models,
            "ONNX files, or names of models that --python can export: bert-base-cased, gpt2");
  line.option("-e,--engines", options.engines,
              "onnxruntime; torch, torchscript, torch2 (torch.compile), by --python")
      ->check(CLI::IsMember(
          {"onnxruntime", "torch", "torchscript", "torch2", "torch.compile", "tensorflow"}))
      ->capture_default_str();
  line.option("-o,--optimizer_info", options.optimizers,
              "Who made the file that ONNX Runtime runs, always with its own optimiser on: no_opt "
              "(nobody), by_ort (that optimiser, offline), by_script (ort-opt), by_incumbent "
              "(onnxruntime.transformers, by --python)")
      ->check(CLI::IsMember({"no_opt", "by_ort", "by_script", "by_incumbent"}))
      ->capture_default_str();
  line.option("-p,--precision", options.precisions, "fp32: as the models are; fp16: converted")
      ->check(CLI::IsMember({"fp32", "fp16", "int8"}))
      ->capture_default_str();
  line.option("-b,--batch_sizes", options.batch_sizes,
              "Rows in a batch; 0: models are exported and optimised, nothing is measured")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  line.option("-s,--sequence_lengths", options.sequence_lengths, "Words in a row")
      ->capture_default_str();
  line.option("-n,--num_threads", options.threads,
              "Threads; without it, and for 0, physical cores");
  line.option("-t,--test_times", options.schedule.runs,
              "Runs, exactly; without it as many as an interval of 1 % asks for");
  line.option("--seconds", flags.seconds, "About how long each setting may take")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

void declare_python(CommandLine& line, Flags& flags) {
  PythonOptions& python = flags.options.python;
  line.group("What Python does");
  line.path("--python", python.python,
            "A Python with torch and transformers, for names of models and PyTorch's engines; with "
            "onnxruntime and onnx, for by_incumbent")
      ->capture_default_str();
  line.option("-i,--input_counts", flags.options.input_counts,
              "Inputs of exported models: 1 ids, 2 mask, 3 segments")
      ->check(CLI::Range(1, 3))
      ->capture_default_str();
  line.path("-c,--cache_dir", python.cache_folder, "Where weights are kept")->capture_default_str();
  line.option("--model_class", python.model_class, "Of transformers")->capture_default_str();
  line.option("--force_num_layers", python.layers, "Layers of exported models; 0: as they are");
  line.flag("--overwrite", flags.options.overwrite, "Export again what is in --onnx_dir");
  line.option("--model_type", python.model_type,
              "What the incumbent is told; without it gpt2 for names with gpt2, else bert");
}

void declare_rest(CommandLine& line, Flags& flags) {
  BenchFiles& files = flags.options.files;
  line.group("Runtime");
  line.path("--ort-lib", flags.runtime.ort_lib, "ONNX Runtime's library, or its folder");
  line.flag("-g,--use_gpu", flags.runtime.use_gpu, "The same as --provider cuda");
  line.list("--provider", flags.runtime.providers, "NAME[:KEY=VALUE,...]", "Execution provider");
  line.group("Files");
  line.path("--onnx_dir", files.onnx_folder, "Where exported and optimised models go")
      ->capture_default_str();
  line.path("-d,--detail_csv", files.detail_csv, "A line for each measurement");
  line.path("-r,--result_csv", files.result_csv, "A column for each batch size and length");
  line.path("-f,--fusion_csv", files.fusion_csv, "The fused operators of each file");
  line.path("--markdown", files.markdown, "The tables of latencies");
  line.path("--html", files.html, "The same as a page");
  line.flag("-v,--validate_onnx", flags.options.validate,
            "Fail where a result of by_script cannot be verified");
  line.group("For scripts written for benchmark.py");
  line.option("--model_source", flags.model_source, "pt")->check(CLI::IsMember({"pt", "tf"}));
  line.flag("--disable_ort_io_binding", flags.without_binding,
            "No effect: inputs and outputs are always bound");
}

bool has(const std::vector<std::string>& list, std::string_view wanted) {
  return std::ranges::find(list, wanted) != list.end();
}

Result<void> check(const Flags& flags) {
  const Options& options = flags.options;
  if (options.models.empty()) return fail(Code::usage, "-m names the models; see --help");
  if (has(options.engines, "tensorflow") || flags.model_source == "tf")
    return fail(Code::usage, "TensorFlow is not available");
  if (has(options.precisions, "int8"))
    return fail(Code::usage, "-p int8 is not available yet: ort-opt does not quantise");
  const bool converts =
      has(options.optimizers, "by_script") || has(options.optimizers, "by_incumbent");
  const bool runs_torch = std::ranges::any_of(
      options.engines, [](const std::string& engine) { return engine != "onnxruntime"; });
  if (options.precisions == std::vector<std::string>{"fp16"} && !converts && !runs_torch)
    return fail(Code::usage,
                "-p fp16 needs -o by_script or by_incumbent: the others convert nothing");
  for (const std::string& model : options.models) {
    const bool is_file = std::filesystem::is_regular_file(model);
    if (!is_file && model.ends_with(".onnx"))
      return fail(Code::failure, "'" + model + "' is no file");
    if (is_file && runs_torch)
      return fail(Code::usage,
                  "PyTorch's engines take names of models, and no file '" + model + "'");
  }
  return {};
}

void take_threads(Options& options) {
  const std::size_t physical = std::max<std::size_t>(1, this_machine().physical_cores);
  if (options.threads.empty()) options.threads = {physical};
  std::ranges::replace(options.threads, std::size_t{0}, physical);
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  Flags flags;
  Options& options = flags.options;
  CommandLine line("ort-bench", description, examples);
  declare_matrix(line, flags);
  declare_python(line, flags);
  declare_rest(line, flags);
  Result<std::string> text = line.parse(arguments);
  if (!text) return pass_on(text.error());
  if (!text->empty()) return Options{.text = std::move(*text)};
  if (Result<void> done = check(flags); !done) return pass_on(done.error());
  std::ranges::replace(options.engines, "torch.compile", "torch2");
  take_threads(options);
  options.schedule.seconds = flags.seconds;
  if (flags.without_binding)
    options.warnings.emplace_back(
        "--disable_ort_io_binding has no effect: inputs are always bound");
  Result<SessionOptions> session = session_options(flags.runtime);
  if (!session) return pass_on(session.error());
  options.session = std::move(*session);
  Result<std::filesystem::path> runtime = runtime_library(flags.runtime);
  if (!runtime) return pass_on(runtime.error());
  options.runtime = std::move(*runtime);
  return options;
}

}  // namespace ortopt::tool
