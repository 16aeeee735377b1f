#include "ortopt/engine/child.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace ortopt {
namespace {

using ::testing::HasSubstr;

ChildReport report_of(FunctionRef<std::string(ChildNotes&)> work, double seconds = 30) {
  Result<ChildReport> report = run_in_child(work, {.seconds = seconds});
  if (!report) throw std::runtime_error(report.error().text());
  return *report;
}

TEST(Child, BringsItsResultHomeHoweverLarge) {
  const std::string large(3'000'000, 'x');
  const ChildReport report = report_of([&](ChildNotes&) { return large; });
  EXPECT_TRUE(report.finished);
  EXPECT_EQ(report.result, large);
  EXPECT_EQ(report.trouble, "");
}

TEST(Child, ChangesNothingInItsParent) {
  int number = 1;
  const ChildReport report = report_of([&](ChildNotes&) { return std::to_string(++number); });
  EXPECT_EQ(report.result, "2");
  EXPECT_EQ(number, 1);
}

TEST(Child, WhoseProcessDiesLeavesItsLastNoteAndWords) {
  const ChildReport report = report_of([](ChildNotes& notes) -> std::string {
    notes.set("first");
    notes.set("second");
    std::fputs("no more memory\nin the pool\n", stderr);
    std::raise(SIGKILL);
    return "";
  });
  EXPECT_FALSE(report.finished);
  EXPECT_EQ(report.note, "second");
  EXPECT_THAT(report.trouble, HasSubstr("signal 9 (Killed)"));
  EXPECT_THAT(report.explanation(), HasSubstr("no more memory in the pool"));
}

TEST(Child, ThatExitsHalfWayHasNotFinished) {
  const ChildReport report = report_of([](ChildNotes&) -> std::string { _exit(3); });
  EXPECT_FALSE(report.finished);
  EXPECT_THAT(report.trouble, HasSubstr("exit code 3"));
}

TEST(Child, ThatThrowsHasNotFinished) {
  const ChildReport report =
      report_of([](ChildNotes&) -> std::string { throw std::runtime_error("out of cheese"); });
  EXPECT_FALSE(report.finished);
  EXPECT_THAT(report.trouble, HasSubstr("out of cheese"));
}

TEST(Child, ThatTakesTooLongIsStopped) {
  const ChildReport report = report_of(
      [](ChildNotes&) -> std::string {
        for (;;) pause();
      },
      0.1);
  EXPECT_FALSE(report.finished);
  EXPECT_THAT(report.trouble, HasSubstr("ran longer than 0.1 s"));
}

}  // namespace
}  // namespace ortopt
