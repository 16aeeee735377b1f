#include <fmt/format.h>

#include "ortopt/base/terminal_text.h"
#include "ortopt/report/report.h"
#include "report/miss_groups.h"

namespace ortopt {

std::string to_explanation(const Report& report) {
  if (report.facts.misses.empty()) return "No candidate for fusion was left as it was.\n";
  std::string text;
  for (const MissGroup& group : group_misses(report.facts.misses)) {
    const Miss& first = group.front();
    text += fmt::format("{} ({} x {})\n  {}\n", first.pass, group.size(), printable(first.op),
                        printable(first.reason));
    for (const Miss& miss : group) {
      text += "    " + printable(miss.node);
      if (miss.reason != first.reason) text += ": " + printable(miss.reason);
      text += "\n";
    }
    text += "\n";
  }
  text.pop_back();
  return text;
}

}  // namespace ortopt
