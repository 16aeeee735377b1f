#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "engine/random.h"
#include "ortopt/measure/subject.h"

namespace ortopt {

/// A machine that other work disturbs: its speed wanders slowly, and now and then a run takes far
/// longer. Its time passes only by what runs on it.
class SimulatedMachine {
 public:
  explicit SimulatedMachine(uint64_t seed) : random_(seed, "machine") { now_ = 0; }

  static double now() { return now_; }
  static void pass(double seconds) { now_ += seconds; }

  /// What a run takes that would take `seconds` on an idle machine.
  double disturbed(double seconds) {
    const double memory = std::exp(-seconds / correlation_seconds);
    wander_ = memory * wander_ + std::sqrt(1 - memory * memory) * random_.normal();
    double taken = seconds * std::exp(wandering * wander_ + jitter * random_.normal());
    if (random_.between(0, 99) < 4) taken *= 1.5 + std::abs(random_.normal());
    pass(taken);
    return taken;
  }

  Random& random() { return random_; }

  double correlation_seconds = 0.5;
  double wandering = 0.02;
  double jitter = 0.03;

 private:
  static inline double now_ = 0;
  Random random_;
  double wander_ = 0;
};

/// A model on it. Each of its processes is a little faster or slower than the last.
class SimulatedSubject final : public Subject {
 public:
  SimulatedSubject(SimulatedMachine& machine, double seconds)
      : machine_(machine), seconds_(seconds) {}

  Result<Opening> open() override {
    if (opened_++ >= crashes_at) return fail(Code::failure, "was stopped by signal 11");
    luck_ = std::exp(0.01 * machine_.random().normal());
    warmth_ = 0;
    machine_.pass(0.1);
    return Opening{.creation_seconds = 0.1, .first_run_seconds = one(), .version = "1.0"};
  }
  Result<std::vector<Timing>> run(std::size_t settle, std::size_t count) override {
    std::vector<Timing> times;
    for (std::size_t i = 0; i < settle; ++i) one();
    for (std::size_t i = 0; i < count; ++i) times.push_back({one(), 0});
    runs += count;
    return times;
  }
  void rest() override {}
  uint64_t peak_memory() override { return 1000; }
  void close() override {}

  int crashes_at = 1'000'000;
  std::size_t runs = 0;

 private:
  double one() {
    const double cold = 1 + 2 * std::exp(-0.5 * warmth_++);
    return machine_.disturbed(seconds_ * luck_ * cold);
  }

  SimulatedMachine& machine_;
  double seconds_;
  double luck_ = 1;
  double warmth_ = 0;
  int opened_ = 0;
};

}  // namespace ortopt
