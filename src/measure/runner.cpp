#include "ortopt/measure/runner.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "measure/plan.h"
#include "measure/warm_up.h"

namespace ortopt {
namespace {

class Runner {
 public:
  Runner(std::span<const LabelledSubject> subjects, const Schedule& schedule,
         FunctionRef<void(const Progress&)> progress)
      : subjects_(subjects), schedule_(schedule), progress_(progress), started_(schedule.now()) {
    for (const LabelledSubject& subject : subjects) {
      Measurement measurement;
      measurement.label = subject.label;
      measurements_.push_back(std::move(measurement));
    }
    paces_.resize(subjects.size());
  }

  std::vector<Measurement> run() {
    progress_({});
    do {
      round_began_ = elapsed();
      open_all();
      if (living().empty()) break;
      if (round_ == 0) plan_ = make_plan(schedule_, paces_of_living(), elapsed());
      // Extra time is spent where opening is slow, too: it has to pay.
      constexpr std::size_t least_in_extra_time = 3;
      const bool is_extra =
          schedule_.runs == 0 && round_ >= enough_rounds && elapsed() > schedule_.seconds;
      take_turns(plan_.turns_of_round(round_), is_extra ? least_in_extra_time : 1);
      close_all();
      ++round_;
    } while (goes_on());
    progress_({1, 0});
    return std::move(measurements_);
  }

 private:
  [[nodiscard]] double elapsed() const { return schedule_.now() - started_; }

  [[nodiscard]] std::vector<std::size_t> living() const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < measurements_.size(); ++i)
      if (!measurements_[i].trouble) found.push_back(i);
    return found;
  }

  [[nodiscard]] std::vector<Pace> paces_of_living() const {
    std::vector<Pace> paces;
    for (const std::size_t i : living()) paces.push_back(paces_[i]);
    return paces;
  }

  void lose(std::size_t which, const Error& error) {
    measurements_[which].trouble = error;
    subjects_[which].subject->close();
  }

  void open_all() {
    for (const std::size_t i : living()) {
      Subject& subject = *subjects_[i].subject;
      Result<Opening> opening = subject.open();
      if (!opening) {
        lose(i, opening.error());
        continue;
      }
      Round round;
      round.opening = *opening;
      Result<double> typical = warm_up(subject, round, schedule_.now);
      if (!typical) {
        lose(i, typical.error());
        continue;
      }
      measurements_[i].rounds.push_back(std::move(round));
      if (round_ == 0) paces_[i] = find_pace(*typical, subjects_.size());
      subject.rest();
    }
  }

  void close_all() {
    for (const std::size_t i : living()) {
      measurements_[i].peak_memory =
          std::max(measurements_[i].peak_memory, subjects_[i].subject->peak_memory());
      subjects_[i].subject->close();
    }
  }

  /// No more than fit into the round's share of the time, but `least`: on a busy machine a turn
  /// takes longer than was planned, and many processes tell more than many turns of few.
  void take_turns(std::size_t planned, std::size_t least) {
    const double share = schedule_.seconds / static_cast<double>(plan_.rounds);
    for (std::size_t turn = 0; turn < std::max(planned, least); ++turn) {
      const bool is_late = schedule_.runs == 0 && elapsed() - round_began_ > share;
      if (turn >= least && is_late) return;
      take_turn();
    }
  }

  /// Forwards and back; who begins changes from turn to turn.
  void take_turn() {
    std::vector<std::size_t> order = living();
    if (order.empty()) return;
    std::ranges::rotate(order, order.begin() + static_cast<std::ptrdiff_t>(turn_ % order.size()));
    for (const std::size_t i : order) burst(i, 2 * turn_);
    std::ranges::reverse(order);
    for (const std::size_t i : order) burst(i, 2 * turn_ + 1);
    ++turn_;
    const double done =
        std::min(1.0, static_cast<double>(turn_) / static_cast<double>(plan_.turns()));
    progress_({done, elapsed() / done * (1 - done)});
  }

  void burst(std::size_t which, std::size_t number) {
    if (measurements_[which].trouble) return;
    Subject& subject = *subjects_[which].subject;
    const std::size_t count = plan_.runs_of_burst(number, paces_[which]);
    Result<std::vector<Timing>> runs = subject.run(paces_[which].settle, count);
    if (!runs) {
      lose(which, runs.error());
      return;
    }
    subject.rest();
    if (!runs->empty()) measurements_[which].rounds.back().bursts.push_back(std::move(*runs));
  }

  [[nodiscard]] bool goes_on() const {
    if (living().empty()) return false;
    const bool is_through = round_ >= plan_.rounds;
    if (schedule_.runs > 0 || schedule_.rounds > 0) return !is_through;
    if (!is_through && turn_ < least_turns) return true;
    if (is_through || elapsed() > schedule_.seconds) return is_worth_more_time();
    return round_ < enough_rounds || widest() > schedule_.precision;
  }

  [[nodiscard]] bool is_worth_more_time() const {
    return living().size() > 1 && elapsed() < schedule_.patience * schedule_.seconds &&
           widest() > schedule_.visible;
  }

  /// Half of the widest interval: of the ratios, or of the latency of a single subject.
  [[nodiscard]] double widest() const {
    // A rough idea of the width will do.
    const BootstrapOptions options{
        .confidence = schedule_.confidence, .resamples = 500, .seed = schedule_.seed};
    const std::vector<std::size_t> left = living();
    const Measurement& first = measurements_[left.front()];
    if (left.size() == 1) {
      const Interval interval = latency_interval(first, median, options);
      return interval.half_width() / interval.low;
    }
    double widest = 0;
    for (const std::size_t i : std::span(left).subspan(1))
      widest =
          std::max(widest, compare_speed(first, measurements_[i], {options}).interval.half_width());
    return widest;
  }

  std::span<const LabelledSubject> subjects_;
  const Schedule& schedule_;
  FunctionRef<void(const Progress&)> progress_;
  double started_;
  double round_began_ = 0;
  std::vector<Measurement> measurements_;
  std::vector<Pace> paces_;
  Plan plan_;
  std::size_t round_ = 0;
  std::size_t turn_ = 0;
};

}  // namespace

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::vector<Measurement> measure(std::span<const LabelledSubject> subjects,
                                 const Schedule& schedule,
                                 FunctionRef<void(const Progress&)> progress) {
  return Runner(subjects, schedule, progress).run();
}

}  // namespace ortopt
