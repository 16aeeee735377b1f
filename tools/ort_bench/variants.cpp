#include "variants.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "ortopt/ir/load.h"
#include "ortopt/measure/subjects.h"
#include "ortopt/optimise/optimise.h"
#include "python_side.h"

namespace ortopt::tool {
namespace {

using Json = nlohmann::json;

/// As the incumbent names files.
std::string file_name_of(std::string name) {
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

Json settings_of(const Options& options, const BenchModel& model) {
  return {{"model", model.name},
          {"inputs", model.inputs},
          {"layers", model.layers},
          {"model_class", options.python.model_class},
          {"cache_dir", options.python.cache_folder}};
}

Result<void> export_model(const Options& options, BenchModel& model) {
  model.file = std::filesystem::path(options.files.onnx_folder) / (model.stem + ".onnx");
  if (std::filesystem::is_regular_file(model.file) && !options.overwrite) return {};
  std::error_code error;
  std::filesystem::create_directories(options.files.onnx_folder, error);
  if (error)
    return fail(Code::failure,
                "'" + options.files.onnx_folder + "' cannot be made: " + error.message());
  Json settings = settings_of(options, model);
  settings["output"] = model.file.string();
  const Result<Json> answer = ask_python_side(options.python.python, "export", settings);
  if (!answer) return within(answer.error(), "while '" + model.name + "' was exported");
  model.torch = answer->value("torch", "");
  model.transformers = answer->value("transformers", "");
  model.remarks = answer->value("remarks", std::vector<std::string>());
  return {};
}

Result<BenchModel> given_model(const std::filesystem::path& file) {
  BenchModel model{.name = file.stem().string(), .stem = file_name_of(file.stem().string())};
  model.file = file;
  const Result<LoadedModel> loaded = load(file);
  if (!loaded) return pass_on(loaded.error());
  model.inputs = loaded->model->graph().inputs().size();
  return model;
}

bool needs_file(const Options& options) {
  return std::ranges::find(options.engines, "onnxruntime") != options.engines.end();
}

Result<BenchModel> named_model(const Options& options, const std::string& name,
                               std::size_t inputs) {
  BenchModel model{.name = name, .inputs = inputs, .layers = options.python.layers};
  model.stem = fmt::format("{}_{}", file_name_of(name), inputs);
  if (model.layers > 0) model.stem += fmt::format("_l{}", model.layers);
  if (needs_file(options))
    if (Result<void> done = export_model(options, model); !done) return pass_on(done.error());
  return model;
}

Result<void> optimise_by_us(const Options& options, const BenchModel& model,
                            const Variant& variant) {
  OptimiseRequest request;
  request.input = model.file;
  request.output = variant.file;
  request.runtime.explicit_path = options.runtime;
  request.verify = options.validate ? VerifyMode::on : VerifyMode::automatic;
  if (variant.precision == "fp16") request.precision.precision = Precision::float16;
  if (variant.optimizer == "by_ort") {
    request.without_passes = true;
    request.runtime_stage.level = RuntimeOptimization::all;
  }
  Logger logger(LogLevel::warning);
  const Result<Report> report = optimise(request, logger);
  if (!report) return pass_on(report.error());
  if (report->output.empty() && report->problem) return pass_on(*report->problem);
  return {};
}

Result<void> optimise_by_incumbent(const Options& options, const BenchModel& model,
                                   const Variant& variant) {
  std::string type = options.python.model_type;
  if (type.empty()) type = model.name.find("gpt2") != std::string::npos ? "gpt2" : "bert";
  std::filesystem::create_directories(variant.file.parent_path());
  const Result<Json> answer = ask_python_side(options.python.python, "optimise",
                                              {{"input", model.file.string()},
                                               {"output", variant.file.string()},
                                               {"model_type", type},
                                               {"precision", variant.precision}});
  if (!answer) return pass_on(answer.error());
  return {};
}

/// Makes the file that ONNX Runtime runs.
Result<void> make_file(const Options& options, const BenchModel& model, Variant& variant) {
  if (variant.optimizer == "no_opt") {
    variant.file = model.file;
  } else {
    const std::string_view suffix = variant.optimizer == "by_ort"         ? "_ort"
                                    : variant.optimizer == "by_incumbent" ? "_incumbent"
                                                                          : "";
    variant.file = std::filesystem::path(options.files.onnx_folder) /
                   fmt::format("{}_{}_{}{}.onnx", model.stem, variant.precision,
                               device_name(options.session) == "GPU" ? "gpu" : "cpu", suffix);
    const auto optimise_by =
        variant.optimizer == "by_incumbent" ? optimise_by_incumbent : optimise_by_us;
    if (Result<void> done = optimise_by(options, model, variant); !done) return done;
  }
  const Result<LoadedModel> loaded = load(variant.file);
  if (!loaded) return pass_on(loaded.error());
  variant.operators = count_operators(*loaded->model);
  return {};
}

bool converts(const std::string& optimizer) {
  return optimizer == "by_script" || optimizer == "by_incumbent";
}

}  // namespace

Result<std::vector<BenchModel>> find_models(const Options& options) {
  std::vector<BenchModel> models;
  for (const std::string& name : options.models) {
    if (std::filesystem::is_regular_file(name)) {
      Result<BenchModel> model = given_model(name);
      if (!model) return pass_on(model.error());
      models.push_back(*std::move(model));
      continue;
    }
    for (const std::size_t inputs : options.input_counts) {
      Result<BenchModel> model = named_model(options, name, inputs);
      if (!model) return pass_on(model.error());
      models.push_back(*std::move(model));
    }
  }
  return models;
}

std::vector<Variant> make_variants(const Options& options, const BenchModel& model) {
  std::vector<Variant> variants;
  for (const std::string& engine : options.engines)
    for (const std::string& precision : options.precisions) {
      if (engine != "onnxruntime") {
        variants.push_back({.engine = engine, .optimizer = "", .precision = precision});
        continue;
      }
      for (const std::string& optimizer : options.optimizers) {
        if (precision != "fp32" && !converts(optimizer)) continue;
        Variant variant{.engine = engine, .optimizer = optimizer, .precision = precision};
        if (const Result<void> made = make_file(options, model, variant); !made) {
          variant.trouble = made.error();
          variant.trouble->context.push_back("while '" + model.name + "' was optimised");
        }
        variants.push_back(std::move(variant));
      }
    }
  return variants;
}

std::unique_ptr<Subject> subject_of(const Options& options, const BenchModel& model,
                                    const Variant& variant, const PerformanceCase& setting) {
  if (variant.engine == "onnxruntime")
    return make_subject(ModelSetting{.model = variant.file,
                                     .runtime = options.runtime,
                                     .options = setting.options,
                                     .inputs = setting.inputs});
  Json settings = settings_of(options, model);
  settings.update(Json{{"engine", variant.engine},
                       {"precision", variant.precision},
                       {"batch", setting.inputs.batch},
                       {"sequence", setting.inputs.sequence},
                       {"threads", setting.threads},
                       {"use_gpu", device_name(setting.options) == "GPU"}});
  return make_subject(python_side(options.python.python, settings));
}

}  // namespace ortopt::tool
