#include "compare/bad_end.h"

namespace ortopt {

Verification verdict_on_bad_end(const ChildReport& report) {
  Verification verdict;
  if (report.note == result_stage_note) {
    verdict.outcome = Verification::Outcome::different;
    verdict.reason = "on the result, but not on the original, the runtime " + report.explanation();
  } else if (report.note == original_stage_note) {
    verdict.reason = "on the original, the runtime " + report.explanation();
  } else {
    verdict.reason = "while it was loaded, the runtime " + report.explanation();
    verdict.cause = Code::no_runtime;
  }
  return verdict;
}

}  // namespace ortopt
