#include "subject.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "ortopt/engine/offline.h"
#include "ortopt/ir/load.h"
#include "outlook.h"

namespace ortopt::tool {
namespace {

namespace fs = std::filesystem;

/// The layers of a graph in a file; by the nodes' names when it shows none.
Layers layers_of_file(const fs::path& file, const Trace& trace) {
  Layers layers;
  if (!file.empty())
    if (const Result<LoadedModel> graph = load(file, {.allow_outside_data = true}))
      layers = Layers::from_graph(graph->model->graph());
  return layers.empty() ? Layers::from_names(node_names(trace)) : layers;
}

/// "cuda" is "CUDAExecutionProvider" in profiles; their letters say it in either case.
std::vector<std::string> asked_for(const ProfileToolOptions& options) {
  std::vector<std::string> out;
  if (options.runtime.use_gpu) out.emplace_back("CUDAExecutionProvider");
  for (const std::string& provider : options.runtime.providers)
    if (!provider.starts_with("cpu") && !provider.starts_with("CPU")) out.push_back(provider);
  return out;
}

Result<void> keep_profile(const fs::path& profile, const fs::path& folder) {
  if (folder.empty()) return {};
  std::error_code error;
  fs::create_directories(folder, error);
  fs::copy_file(profile, folder / profile.filename(), error);
  if (error) return fail(Code::failure, "the profile cannot be kept in '" + folder.string() + "'");
  return {};
}

Result<Recording> record_model(const fs::path& model, const fs::path& folder,
                               const ProfileToolOptions& options) {
  Result<ModelSetting> setting = model_setting(model, options);
  if (!setting) return pass_on(setting.error());
  return record({.setting = std::move(*setting), .samples = options.samples, .folder = folder});
}

/// Everything but the recording is in place: reads, analyses, looks for hints.
Result<Examined> analyse_file(const fs::path& profile, const fs::path& graph, ProfileOptions how,
                              const ProfileToolOptions& options) {
  Examined subject;
  Result<Trace> trace = read_trace(profile);
  if (!trace) return pass_on(trace.error());
  subject.trace = std::make_unique<Trace>(std::move(*trace));
  subject.layers = std::make_unique<Layers>(layers_of_file(graph, *subject.trace));
  subject.warm_up = how.warm_up;
  how.kernel_time_only = options.kernel_time_only;
  Result<Profile> analysed = analyse(*subject.trace, *subject.layers, how);
  if (!analysed) return within(analysed.error(), "while reading '" + profile.string() + "'");
  subject.report.profile = std::move(*analysed);
  subject.report.command = options.command;
  subject.report.threshold = options.threshold;
  subject.report.fallbacks = find_fallbacks(subject.report.profile, asked_for(options));
  return subject;
}

void add_hints(Examined& subject, const fs::path& model, const fs::path& as_run,
               const ProfileToolOptions& options, Logger& logger) {
  HintFacts facts{.model = model.string(), .outlook = {}, .providers = asked_for(options)};
  if (!facts.providers.empty()) facts.target = "cuda";
  facts.profiling_cost = subject.report.profiling_cost();
  if (options.hints && !model.empty())
    facts.outlook = find_outlook(model, as_run, facts.target, logger);
  if (options.hints) subject.report.hints = find_hints(subject.report.profile, facts);
}

Result<Examined> examine_model(const fs::path& model, const ProfileToolOptions& options,
                               Logger& logger) {
  const Result<LoadedModel> readable = load(model, {.allow_outside_data = true});
  if (!readable) return pass_on(readable.error());
  const Result<std::unique_ptr<TemporaryFolder>> folder = TemporaryFolder::make();
  if (!folder) return pass_on(folder.error());
  Result<Recording> recording = record_model(model, (*folder)->path(), options);
  if (!recording) return pass_on(recording.error());
  if (const Result<void> kept = keep_profile(recording->profile, options.keep); !kept)
    return pass_on(kept.error());
  const fs::path as_run = recording->optimized_model.empty() ? model : recording->optimized_model;
  Result<Examined> subject =
      analyse_file(recording->profile, as_run,
                   {.warm_up = recording->warm_up, .wall = recording->profiled}, options);
  if (!subject) return pass_on(subject.error());
  subject->report.subject = model.string();
  subject->report.recording = std::move(*recording);
  add_hints(*subject, model, as_run, options, logger);
  return subject;
}

/// The graph as the runtime changes it, when one is at hand to do so; otherwise the model.
fs::path graph_as_run(const fs::path& model, const fs::path& folder,
                      const ProfileToolOptions& options, Logger& logger) {
  const Result<fs::path> library = runtime_library(options.runtime);
  if (!library) return model;
  fs::path graph = folder / "optimized.onnx";
  const Result<void> done = optimise_offline(
      model, graph,
      {.runtime = *library,
       .optimization = static_cast<RuntimeOptimization>(options.runtime.opt_level)});
  if (done) return graph;
  logger.info(done.error().text());
  return model;
}

Result<Examined> examine_profile(const fs::path& profile, const ProfileToolOptions& options,
                                 Logger& logger) {
  const Result<std::unique_ptr<TemporaryFolder>> folder = TemporaryFolder::make();
  if (!folder) return pass_on(folder.error());
  fs::path graph;
  if (!options.graph.empty())
    graph = graph_as_run(options.graph, (*folder)->path(), options, logger);
  Result<Examined> subject =
      analyse_file(profile, graph, {.warm_up = options.warm_up, .wall = {}}, options);
  if (!subject) return pass_on(subject.error());
  subject->report.subject = profile.string();
  add_hints(*subject, options.graph, graph, options, logger);
  return subject;
}

}  // namespace

Result<ModelSetting> model_setting(const fs::path& model, const ProfileToolOptions& options) {
  Result<fs::path> library = runtime_library(options.runtime);
  if (!library) return pass_on(library.error());
  Result<SessionOptions> session = session_options(options.runtime);
  if (!session) return pass_on(session.error());
  InputFlags flags = options.inputs;
  flags.samples = std::clamp<std::size_t>(options.samples, 1, 8);
  Result<InputRequest> inputs = input_request(flags);
  if (!inputs) return pass_on(inputs.error());
  return ModelSetting{.model = model,
                      .runtime = std::move(*library),
                      .options = std::move(*session),
                      .inputs = std::move(*inputs)};
}

Result<Examined> examine(const fs::path& subject, const ProfileToolOptions& options,
                         Logger& logger) {
  return is_profile(subject) ? examine_profile(subject, options, logger)
                             : examine_model(subject, options, logger);
}

}  // namespace ortopt::tool
