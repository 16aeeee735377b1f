#include "ortopt/compare/verification.h"

#include <chrono>

#include "compare/bad_end.h"
#include "compare/verification_text.h"
#include "compare/verifier.h"
#include "ortopt/engine/child.h"

namespace ortopt {
namespace {

Verification not_run(const Error& error) {
  Verification verdict;
  verdict.reason = error.text();
  verdict.cause = error.code;
  return verdict;
}

std::string verify_as_child(ChildNotes& notes, const std::filesystem::path& original,
                            const std::filesystem::path& result, const VerifyOptions& options) {
  Result<std::unique_ptr<Engine>> engine = load_engine(options.runtime);
  if (!engine) return to_bytes(not_run(engine.error()));
  Verifier verifier(**engine, options, [&](Stage stage) {
    notes.set(stage == Stage::original ? original_stage_note : result_stage_note);
  });
  return to_bytes(verifier.run(original, result));
}

}  // namespace

Verification verify_equal(const std::filesystem::path& original,
                          const std::filesystem::path& result, const VerifyOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  Result<ChildReport> report = run_in_child(
      [&](ChildNotes& notes) { return verify_as_child(notes, original, result, options); },
      {.seconds = options.time_limit_seconds});
  Verification verdict;
  if (!report)
    verdict = not_run(report.error());
  else if (report->finished)
    verdict = verification_from(report->result);
  else
    verdict = verdict_on_bad_end(*report);
  verdict.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return verdict;
}

Verification verify_in_process(Engine& engine, const std::filesystem::path& original,
                               const std::filesystem::path& result, const VerifyOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  Verification verdict = Verifier(engine, options, [](Stage) {}).run(original, result);
  verdict.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return verdict;
}

}  // namespace ortopt
