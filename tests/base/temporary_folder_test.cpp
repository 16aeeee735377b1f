#include "ortopt/base/temporary_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "ortopt/base/interruption.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

void write_into(const TemporaryFolder& folder) {
  for (const char* name : {"model.onnx", "model.onnx.data"}) std::ofstream(folder.path() / name);
}

TEST(TemporaryFolder, GoesWithWhatIsInIt) {
  std::filesystem::path path;
  {
    const auto folder = TemporaryFolder::make();
    ASSERT_TRUE(folder);
    path = (*folder)->path();
    write_into(**folder);
    EXPECT_TRUE(std::filesystem::is_directory(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(TemporaryFolder, GoesWhenTheProcessIsInterrupted) {
  const test_support::TemporaryFolder parent;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::setenv("TMPDIR", parent.path().c_str(), 1);
    remove_temporary_files_when_interrupted();
    const auto folder = TemporaryFolder::make();
    if (!folder || (*folder)->path().parent_path() != parent.path()) std::_Exit(1);
    write_into(**folder);
    ::raise(SIGTERM);
    std::_Exit(2);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM) << status;
  EXPECT_TRUE(std::filesystem::is_empty(parent.path())) << parent.listing();
}

}  // namespace
}  // namespace ortopt
