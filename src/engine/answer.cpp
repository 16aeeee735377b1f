#include "engine/answer.h"

#include <utility>

namespace ortopt {

// The child's text is one digit, 1 for a value; or 0, the error's code and its message.
Result<std::string> answer_from_child(FunctionRef<Result<std::string>(ChildNotes&)> work,
                                      const ChildLimits& limits, Code on_death) {
  Result<ChildReport> report = run_in_child(
      [&](ChildNotes& notes) -> std::string {
        Result<std::string> answer = work(notes);
        if (answer) return "1" + *answer;
        return "0" + std::string(1, static_cast<char>(answer.error().code)) + answer.error().text();
      },
      limits);
  if (!report) return pass_on(report.error());
  if (!report->finished) return fail(on_death, "the runtime's process " + report->explanation());
  if (report->result[0] == '1') return report->result.substr(1);
  return fail(static_cast<Code>(report->result[1]), report->result.substr(2));
}

}  // namespace ortopt
