#include "ortopt/compare/comparison.h"

#include "compare/bad_end.h"
#include "compare/comparer.h"
#include "compare/comparison_json.h"
#include "ortopt/base/temporary_folder.h"

namespace ortopt {
namespace {

std::string compare_as_child(ChildNotes& notes, const ComparisonRequest& request,
                             const std::filesystem::path& folder) {
  const Result<std::unique_ptr<Engine>> engine = load_engine(request.runtime);
  if (!engine) return to_bytes(not_run<Comparison>(engine.error()));
  Comparer comparer(**engine, request, folder, [&](ModelRole role) {
    notes.set(role == ModelRole::baseline ? first_model_note : second_model_note);
  });
  return to_bytes(comparer.run());
}

}  // namespace

Comparison compare_models(const ComparisonRequest& request) {
  // Made here, because a child that dies cannot clear it away.
  const Result<std::unique_ptr<TemporaryFolder>> folder = TemporaryFolder::make();
  if (!folder) return not_run<Comparison>(folder.error());
  return judge_in_child<Comparison>(
      [&](ChildNotes& notes) { return compare_as_child(notes, request, (*folder)->path()); },
      comparison_from, request.time_limit_seconds,
      {.first = "the baseline", .second = "the other model"});
}

}  // namespace ortopt
