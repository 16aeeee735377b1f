#include "measure/warm_up.h"

#include <algorithm>
#include <cmath>

#include "ortopt/measure/speed_comparison.h"

namespace ortopt {

Result<double> warm_up(Subject& subject, Round& round, double (*now)()) {
  constexpr double window_seconds = 0.03;
  constexpr double enough_seconds = 3;
  constexpr double falls_no_more = 0.97;
  const double started = now();
  double before = round.opening.first_run_seconds;
  double typical = before;
  while (true) {
    const double fitting = std::ceil(window_seconds / std::max(typical, 1e-7));
    const auto count = static_cast<std::size_t>(std::clamp(fitting, 2.0, 1000.0));
    const Result<std::vector<Timing>> runs = subject.run(0, count);
    if (!runs) return pass_on(runs.error());
    std::vector<double> times;
    for (const Timing& run : *runs) times.push_back(own_seconds(run));
    round.warm_up_runs += count;
    typical = median(times);
    // A first run that was as fast as the others is enough only for what runs for long.
    const bool is_first = round.warm_up_runs == count && typical < window_seconds;
    round.stable = !is_first && typical > falls_no_more * before;
    if (round.stable || now() - started > enough_seconds) return typical;
    before = typical;
  }
}

}  // namespace ortopt
