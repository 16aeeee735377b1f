#include "ortopt/report/tuning.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "ortopt/report/grid.h"
#include "ortopt/report/performance.h"
#include "report/performance_settings.h"
#include "report/units.h"

namespace ortopt {
namespace {

std::string indented(const std::string& text) {
  std::string out;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    out += "  " + text.substr(start, end - start) + "\n";
    start = end == std::string::npos ? text.size() : end + 1;
  }
  return out;
}

/// Entries of the runtime's session configuration that stand for fields.
std::map<std::string, std::string> config_of(const SessionOptions& options) {
  std::map<std::string, std::string> config = options.config;
  if (!options.spinning) {
    config["session.intra_op.allow_spinning"] = "0";
    config["session.inter_op.allow_spinning"] = "0";
  }
  return config;
}

/// "CUDAExecutionProvider", as Python has it.
std::string long_name(const std::string& name) {
  static const std::map<std::string, std::string> known = {
      {"cpu", "CPU"},      {"cuda", "CUDA"},         {"tensorrt", "Tensorrt"},
      {"rocm", "ROCM"},    {"migraphx", "MIGraphX"}, {"openvino", "OpenVINO"},
      {"dnnl", "Dnnl"},    {"xnnpack", "Xnnpack"},   {"dml", "Dml"},
      {"coreml", "CoreML"}};
  const auto found = known.find(name);
  return found == known.end() ? name : found->second + "ExecutionProvider";
}

/// {"a": "1", "b": "2"}, for Python and C++ alike but for the mark between the two.
std::string entries_of(const Provider& provider, std::string_view open, std::string_view between,
                       std::string_view close) {
  std::string text;
  for (const auto& [key, value] : provider.options)
    text += fmt::format("{}{}\"{}\"{}\"{}\"{}", text.empty() ? "" : ", ", open, key, between, value,
                        close);
  return text;
}

/// Statements that append it to `options`.
std::string appended_in_cpp(const Provider& provider) {
  const std::string entries = entries_of(provider, "{", ", ", "}");
  for (const auto& [name, type] : {std::pair("cuda", "CUDA"), std::pair("tensorrt", "TensorRT")})
    if (provider.name == name)
      return fmt::format(
          "Ort::{}ProviderOptions {};\n{}.Update({{{}}});\n"
          "options.AppendExecutionProvider_{}_V2(*{});\n",
          type, name, name, entries, type, name);
  if (provider.name == "cpu") return "";
  const std::string spelling = provider.name == "xnnpack"    ? "XNNPACK"
                               : provider.name == "openvino" ? "OpenVINO"
                                                             : provider.name;
  return fmt::format("options.AppendExecutionProvider(\"{}\", {{{}}});\n", spelling, entries);
}

}  // namespace

std::string as_python(const SessionOptions& options) {
  std::string text = "options = onnxruntime.SessionOptions()\n";
  text +=
      fmt::format("options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_{}\n",
                  incumbent_name(options.optimization));
  text += fmt::format("options.intra_op_num_threads = {}\n", options.intra_op_threads);
  if (options.inter_op_threads > 0)
    text += fmt::format("options.inter_op_num_threads = {}\n", options.inter_op_threads);
  if (options.order == ExecutionOrder::parallel)
    text += "options.execution_mode = onnxruntime.ExecutionMode.ORT_PARALLEL\n";
  if (!options.arena) text += "options.enable_cpu_mem_arena = False\n";
  if (!options.memory_pattern) text += "options.enable_mem_pattern = False\n";
  for (const auto& [key, value] : config_of(options))
    text += fmt::format("options.add_session_config_entry(\"{}\", \"{}\")\n", key, value);
  if (options.providers.empty()) return text;
  std::string providers;
  for (const Provider& provider : options.providers)
    providers += fmt::format("(\"{}\", {{{}}}), ", long_name(provider.name),
                             entries_of(provider, "", ": ", ""));
  return text + "providers = [" + providers + "\"CPUExecutionProvider\"]\n";
}

std::string as_cpp(const SessionOptions& options) {
  std::string text = "Ort::SessionOptions options;\n";
  text += fmt::format("options.SetGraphOptimizationLevel(ORT_{});\n",
                      incumbent_name(options.optimization));
  text += fmt::format("options.SetIntraOpNumThreads({});\n", options.intra_op_threads);
  if (options.inter_op_threads > 0)
    text += fmt::format("options.SetInterOpNumThreads({});\n", options.inter_op_threads);
  if (options.order == ExecutionOrder::parallel)
    text += "options.SetExecutionMode(ORT_PARALLEL);\n";
  if (!options.arena) text += "options.DisableCpuMemArena();\n";
  if (!options.memory_pattern) text += "options.DisableMemPattern();\n";
  for (const auto& [key, value] : config_of(options))
    text += fmt::format("options.AddConfigEntry(\"{}\", \"{}\");\n", key, value);
  for (const Provider& provider : options.providers) text += appended_in_cpp(provider);
  return text;
}

std::string as_flags(const SessionOptions& options) {
  std::string text = fmt::format("--intra_op_num_threads {} --opt_level {}",
                                 options.intra_op_threads, static_cast<int>(options.optimization));
  if (options.inter_op_threads > 0)
    text += fmt::format(" --inter_op_num_threads {}", options.inter_op_threads);
  if (options.order == ExecutionOrder::parallel) text += " --parallel";
  if (!options.spinning) text += " --no-spinning";
  if (!options.arena) text += " --no-arena";
  if (!options.memory_pattern) text += " --no-memory-pattern";
  for (const auto& [key, value] : options.config)
    text += fmt::format(" --session-config {}={}", key, value);
  for (const Provider& provider : options.providers) {
    text += " --provider " + provider.name;
    char mark = ':';
    for (const auto& [key, value] : provider.options) {
      text += fmt::format("{}{}={}", mark, key, value);
      mark = ',';
    }
  }
  return text;
}

std::string to_table(const TuningResult& result) {
  Grid grid;
  grid.columns = {{"Setting"}, {"Choice"}, {"Against the best until then"}, {""}};
  for (const TuningTrial& trial : result.trials)
    grid.rows.push_back(
        {trial.dimension, trial.choice,
         trial.trouble ? "FAILED: " + trial.trouble->text() : verdict_text(trial.comparison),
         trial.adopted ? "taken" : ""});
  const Summary before = summarise(latencies(result.start_measurement));
  const Summary after = summarise(latencies(result.best_measurement));
  std::string remarks;
  for (const std::string& doubt : doubts(result.best_measurement))
    remarks += "  doubt: " + doubt + "\n";
  return to_text(grid) +
         fmt::format(
             "\nThe best against the settings it began with, measured once more\n"
             "  {}\n  median {:.3f} ms instead of {:.3f} ms\n",
             verdict_text(result.against_start), milli * after.p50, milli * before.p50) +
         remarks + "\nAs flags\n  " + as_flags(result.best) + "\n\nIn Python\n" +
         indented(as_python(result.best)) + "\nIn C++\n" + indented(as_cpp(result.best));
}

std::string to_json(const TuningResult& result) {
  using Json = nlohmann::ordered_json;
  const auto comparison_of = [](const SpeedComparison& comparison) {
    return Json{{"ratio", comparison.ratio},
                {"interval", {comparison.interval.low, comparison.interval.high}},
                {"verdict", name_of(comparison.verdict)}};
  };
  Json trials = Json::array();
  for (const TuningTrial& trial : result.trials) {
    trials.push_back({{"setting", trial.dimension},
                      {"choice", trial.choice},
                      {"taken", trial.adopted},
                      {"comparison", comparison_of(trial.comparison)}});
    if (trial.trouble) trials.back()["trouble"] = trial.trouble->text();
  }
  const Json json = {{"schema_version", 1},
                     {"best", as_flags(result.best)},
                     {"python", as_python(result.best)},
                     {"cpp", as_cpp(result.best)},
                     {"against_start", comparison_of(result.against_start)},
                     {"trials", std::move(trials)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ortopt
