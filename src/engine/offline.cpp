#include "ortopt/engine/offline.h"

#include <algorithm>

#include "engine/answer.h"
#include "ortopt/ir/load.h"

namespace ortopt {
namespace {

/// Whether weights have to go to a file of their own: where external data lies, relative to the
/// model, the runtime copies as it was, and the result lies elsewhere; and it may pass the 2 GB
/// that one message holds, since it can be somewhat larger than the model.
bool wants_weights_apart(const std::filesystem::path& model) {
  Result<LoadedModel> loaded = load(model, {.allow_outside_data = true});
  if (!loaded) return false;
  const SourceFacts& source = loaded->source;
  constexpr uint64_t safe_bytes = 1'500'000'000;
  return source.has_external_data || std::max(source.file_bytes, source.weight_bytes) > safe_bytes;
}

Result<std::string> optimise(const std::filesystem::path& model,
                             const std::filesystem::path& output, const OfflineOptions& options) {
  Result<std::unique_ptr<Engine>> engine = load_engine(options.runtime);
  if (!engine) return pass_on(engine.error());
  SessionOptions session{.optimization = options.optimization,
                         .providers = {{.name = options.provider, .options = {}}}};
  session.optimized_model_path = output;
  session.optimized_weights_apart = wants_weights_apart(model);
  Result<std::unique_ptr<Session>> opened = (*engine)->open(model, session);
  if (!opened) return pass_on(opened.error());
  return std::string();
}

}  // namespace

Result<void> optimise_offline(const std::filesystem::path& model,
                              const std::filesystem::path& output, const OfflineOptions& options) {
  Result<std::string> done =
      answer_from_child([&](ChildNotes&) { return optimise(model, output, options); },
                        {.seconds = options.time_limit_seconds}, Code::failure);
  std::error_code missing;
  if (done && !std::filesystem::is_regular_file(output, missing))
    done = fail(Code::failure, "the runtime wrote no '" + output.string() + "'");
  if (!done)
    return within(done.error(), "while the runtime optimised '" + model.string() + "' offline");
  return {};
}

Result<std::string> runtime_version(const std::filesystem::path& library) {
  return answer_from_child(
      [&](ChildNotes&) -> Result<std::string> {
        Result<std::unique_ptr<Engine>> engine = load_engine(library);
        if (!engine) return pass_on(engine.error());
        return (*engine)->version();
      },
      {.seconds = 60}, Code::no_runtime);
}

}  // namespace ortopt
