#include "ortopt/measure/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ortopt/measure/speed_comparison.h"
#include "simulated_subject.h"

namespace ortopt {
namespace {

using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

void keep_quiet(const Progress&) {}

std::vector<Measurement> measured(std::vector<SimulatedSubject*> subjects, Schedule schedule) {
  std::vector<LabelledSubject> labelled;
  for (SimulatedSubject* subject : subjects)
    labelled.push_back({"subject " + std::to_string(labelled.size()), subject});
  schedule.now = SimulatedMachine::now;
  return measure(labelled, schedule, [](const Progress& progress) { keep_quiet(progress); });
}

/// The verdicts on pairs of subjects of which the second takes `factor` times as long.
int count_verdicts(Verdict verdict, double factor, double seconds, int pairs) {
  int found = 0;
  for (int seed = 0; seed < pairs; ++seed) {
    SimulatedMachine machine(static_cast<uint64_t>(seed));
    SimulatedSubject one(machine, seconds);
    SimulatedSubject other(machine, seconds * factor);
    const std::vector<Measurement> measurements = measured({&one, &other}, {});
    if (compare_speed(measurements[0], measurements[1]).verdict == verdict) ++found;
  }
  return found;
}

TEST(Runner, TheSameTwiceIsNoDifference) {
  EXPECT_GE(count_verdicts(Verdict::no_difference, 1, 0.010, 100), 97);
}

TEST(Runner, FindsAModelThatIsFivePercentSlowerOrFaster) {
  EXPECT_GE(count_verdicts(Verdict::slower, 1.05, 0.005, 40), 38);
  EXPECT_GE(count_verdicts(Verdict::slower, 1.05, 0.015, 40), 37);
  EXPECT_GE(count_verdicts(Verdict::faster, 0.95, 0.010, 40), 38);
}

TEST(Runner, HalfAPercentIsNoDifferenceHoweverSureItIs) {
  EXPECT_GE(count_verdicts(Verdict::no_difference, 1.005, 0.010, 40), 36);
}

TEST(Runner, MakesExactlyTheRunsThatWereAskedFor) {
  for (const std::size_t runs : {1U, 7U, 100U, 1000U}) {
    SimulatedMachine machine(1);
    SimulatedSubject one(machine, 0.01);
    SimulatedSubject other(machine, 0.02);
    const std::vector<Measurement> measurements = measured({&one, &other}, {.runs = runs});
    for (const Measurement& measurement : measurements)
      EXPECT_THAT(latencies(measurement), SizeIs(runs));
  }
}

TEST(Runner, KeepsCreationFirstRunAndWarmUpApart) {
  SimulatedMachine machine(1);
  SimulatedSubject subject(machine, 0.01);
  const std::vector<Measurement> measurements = measured({&subject}, {.seconds = 5});
  ASSERT_THAT(measurements, SizeIs(1));
  EXPECT_GT(measurements[0].rounds.size(), 3U) << "several processes";
  EXPECT_THAT(creation_times(measurements[0]), Each(0.1));
  EXPECT_GT(median(first_run_times(measurements[0])), 0.02) << "the first run is a slow one";
  EXPECT_LT(median(latencies(measurements[0])), 0.011) << "and not among the steady ones";
  EXPECT_THAT(measurements[0].rounds, Each(Field(&Round::stable, true)));
  EXPECT_EQ(measurements[0].peak_memory, 1000U);
}

TEST(Runner, KeepsToItsTime) {
  for (const double seconds : {0.001, 0.01, 0.04}) {
    SimulatedMachine machine(1);
    SimulatedSubject one(machine, seconds);
    SimulatedSubject other(machine, seconds);
    (void)measured({&one, &other}, {.precision = 0, .seconds = 10, .patience = 1});
    EXPECT_NEAR(SimulatedMachine::now(), 10, 4);
  }
}

TEST(Runner, GoesOnWhereTheMachineIsTooBusyToSeeADifference) {
  SimulatedMachine machine(1);
  machine.jitter = 0.06;
  SimulatedSubject one(machine, 0.01);
  SimulatedSubject other(machine, 0.01);
  const std::vector<Measurement> measurements = measured({&one, &other}, {.seconds = 4});
  EXPECT_GT(SimulatedMachine::now(), 6);
  EXPECT_LE(compare_speed(measurements[0], measurements[1]).interval.half_width(), 0.03);
}

TEST(Runner, DoesNotGoOnForEver) {
  SimulatedMachine machine(1);
  machine.jitter = 1;
  SimulatedSubject one(machine, 0.01);
  SimulatedSubject other(machine, 0.01);
  (void)measured({&one, &other}, {.seconds = 4, .patience = 4});
  EXPECT_NEAR(SimulatedMachine::now(), 16, 3) << "four times, and what was begun then";
}

TEST(Runner, GoingOnMakesUpNoDifferences) {
  int wrong = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    SimulatedMachine machine(seed);
    machine.jitter = 0.06;
    SimulatedSubject one(machine, 0.01);
    SimulatedSubject other(machine, 0.01);
    const std::vector<Measurement> measurements = measured({&one, &other}, {.seconds = 4});
    if (compare_speed(measurements[0], measurements[1]).verdict != Verdict::no_difference) ++wrong;
  }
  EXPECT_LE(wrong, 2);
}

TEST(Runner, WhoCrashesIsReportedAndTheOthersGoOn) {
  SimulatedMachine machine(1);
  SimulatedSubject one(machine, 0.01);
  SimulatedSubject other(machine, 0.01);
  SimulatedSubject third(machine, 0.01);
  other.crashes_at = 1;
  const std::vector<Measurement> measurements = measured({&one, &other, &third}, {});
  EXPECT_FALSE(measurements[0].trouble);
  ASSERT_TRUE(measurements[1].trouble);
  EXPECT_THAT(measurements[1].trouble->message, HasSubstr("signal 11"));
  EXPECT_THAT(measurements[1].rounds, SizeIs(1)) << "what was measured before is kept";
  EXPECT_GT(measurements[2].rounds.size(), 4U);
}

TEST(Runner, EndsWhenNobodyIsLeft) {
  SimulatedMachine machine(1);
  SimulatedSubject subject(machine, 0.01);
  subject.crashes_at = 0;
  const std::vector<Measurement> measurements = measured({&subject}, {});
  EXPECT_TRUE(measurements[0].trouble);
  EXPECT_THAT(latencies(measurements[0]), IsEmpty());
}

TEST(SpeedComparison, OfNothingIsNoDifference) {
  const SpeedComparison comparison = compare_speed({}, {});
  EXPECT_EQ(comparison.verdict, Verdict::no_difference);
  EXPECT_EQ(comparison.turns, 0U);
}

}  // namespace
}  // namespace ortopt
