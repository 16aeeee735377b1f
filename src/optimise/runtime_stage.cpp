#include "optimise/runtime_stage.h"

#include <stdlib.h>

#include <system_error>
#include <utility>

#include "ortopt/engine/offline.h"

namespace ortopt {

Result<std::unique_ptr<TemporaryFolder>> TemporaryFolder::make() {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  std::string name = (parent / "ort-opt-XXXXXX").string();
  if (error || ::mkdtemp(name.data()) == nullptr)
    return fail(Code::failure, "no temporary folder can be made in '" + parent.string() + "'");
  return std::unique_ptr<TemporaryFolder>(new TemporaryFolder(name));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

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
