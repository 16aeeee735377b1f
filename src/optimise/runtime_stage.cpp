#include "optimise/runtime_stage.h"

#include <system_error>
#include <utility>

#include "ortopt/engine/offline.h"

namespace ortopt {

Result<StagedInput> run_runtime_stage(const OptimiseRequest& request) {
  StagedInput staged;
  staged.path = request.input;
  if (request.runtime_stage.level == RuntimeOptimization::none) return staged;

  const Result<std::filesystem::path> library = find_runtime(request.runtime);
  if (!library) return pass_on(library.error());
  if (request.progress) request.progress("optimising in the runtime");
  Result<LoadedModel> original = load(request.input, request.load);
  if (!original) return pass_on(std::move(original.error()));
  staged.original = std::move(original->source);
  Result<std::unique_ptr<TemporaryFolder>> folder = TemporaryFolder::make();
  if (!folder) return pass_on(std::move(folder.error()));
  staged.folder = std::move(*folder);
  staged.path = staged.folder->path() / "model.onnx";

  const OfflineOptions options{.runtime = *library,
                               .optimization = request.runtime_stage.level,
                               .provider = request.runtime_stage.provider};
  const Result<void> done = optimise_offline(request.input, staged.path, options);
  if (!done) return pass_on(done.error());
  return staged;
}

}  // namespace ortopt
