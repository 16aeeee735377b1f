#include "ortopt/compare/verification.h"

#include "compare/bad_end.h"
#include "compare/verification_text.h"
#include "compare/verifier.h"
#include "ortopt/engine/child.h"

namespace ortopt {
namespace {

std::string verify_as_child(ChildNotes& notes, const std::filesystem::path& original,
                            const std::filesystem::path& result, const VerifyOptions& options) {
  Result<std::unique_ptr<Engine>> engine = load_engine(options.runtime);
  if (!engine) return to_bytes(not_run<Verification>(engine.error()));
  Verifier verifier(**engine, options, [&](Stage stage) {
    notes.set(stage == Stage::original ? first_model_note : second_model_note);
  });
  return to_bytes(verifier.run(original, result));
}

}  // namespace

Verification verify_equal(const std::filesystem::path& original,
                          const std::filesystem::path& result, const VerifyOptions& options) {
  return judge_in_child<Verification>(
      [&](ChildNotes& notes) { return verify_as_child(notes, original, result, options); },
      verification_from, options.time_limit_seconds,
      {.first = "the original", .second = "the result, but not on the original"});
}

}  // namespace ortopt
