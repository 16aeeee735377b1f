#include "ortopt/measure/fingerprint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A /proc and /sys of a test's own.
class Root {
 public:
  void write(const std::string& file, const std::string& text) {
    std::filesystem::create_directories((folder_ / file).parent_path());
    std::ofstream(folder_ / file) << text;
  }
  [[nodiscard]] Machine machine() const { return this_machine(folder_.path()); }

 private:
  test_support::TemporaryFolder folder_;
};

TEST(Fingerprint, ReadsWhatTheKernelTells) {
  Root root;
  const std::string common = "model name\t: Some CPU\nflags\t\t: fpu avx2 hypervisor amx_int8\n";
  root.write("proc/cpuinfo", "processor\t: 0\nphysical id\t: 0\ncore id\t: 3\n" + common +
                                 "\nprocessor\t: 1\nphysical id\t: 0\ncore id\t: 3\n" + common);
  root.write("proc/meminfo", "MemTotal:       1000 kB\nMemFree:   1 kB\n");
  root.write("proc/loadavg", "1.50 1.00 0.50 1/100 42\n");
  root.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  root.write("proc/driver/nvidia/gpus/0000/information", "Model: \t NVIDIA H200\nIRQ: 1\n");
  const Machine machine = root.machine();
  EXPECT_EQ(machine.processor, "Some CPU");
  EXPECT_EQ(machine.logical_cores, 2U);
  EXPECT_EQ(machine.physical_cores, 1U) << "two threads of one core";
  EXPECT_GE(machine.usable_cores, 1U);
  EXPECT_THAT(machine.vector_extensions, ElementsAre("avx2", "amx_int8"));
  EXPECT_EQ(machine.hypervisor, "yes");
  EXPECT_EQ(machine.memory_bytes, 1'024'000U);
  EXPECT_EQ(machine.governor, "powersave");
  EXPECT_THAT(machine.accelerators, ElementsAre("NVIDIA H200"));
  EXPECT_THAT(doubts(machine), ElementsAre(HasSubstr("powersave"), HasSubstr("not idle: 1.50")));
}

TEST(Fingerprint, IsEmptyWhereNothingCanBeRead) {
  const Machine machine = Root().machine();
  EXPECT_EQ(machine.processor, "");
  EXPECT_EQ(machine.governor, "");
  EXPECT_THAT(doubts(machine), IsEmpty());
  EXPECT_FALSE(described(machine).empty());
}

}  // namespace
}  // namespace ortopt
