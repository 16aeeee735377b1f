#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "ortopt/base/interruption.h"
#include "ortopt/ir/file_handle.h"
#include "ortopt/ir/load.h"
#include "ortopt/ir/recipe.h"
#include "ortopt/ir/save.h"
#include "tests/ir/save_fixture.h"

namespace ortopt {
namespace {

namespace fs = std::filesystem;
using test_support::bytes_of_file;
using test_support::external;
using test_support::first_number;
using test_support::first_of;
using testing::AllOf;
using testing::HasSubstr;

using SaveFailures = test_support::SaveFixture;

TEST_F(SaveFailures, LeavesAllAsItWasWhenTheModelIsNotAccepted) {
  saved(*loaded(source_).model, folder_ / "there.onnx", external);
  const std::string listing = folder_.listing();
  const std::string bytes = bytes_of_file(folder_ / "there.onnx");
  const LoadedModel model = loaded(source_);
  scale_large(model, 2);
  for (SaveOptions options : {SaveOptions(), external}) {
    options.accept = [](const fs::path&) { return fail(Code::different, "no"); };
    for (const char* name : {"new.onnx", "there.onnx"}) {
      const Result<SaveReport> result = save(*model.model, folder_ / name, options);
      ASSERT_FALSE(result.has_value());
      EXPECT_EQ(result.error().code, Code::different);
      EXPECT_EQ(folder_.listing(), listing);
    }
  }
  EXPECT_EQ(bytes_of_file(folder_ / "there.onnx"), bytes);
  EXPECT_EQ(first_of(folder_ / "there.onnx", "large"), 2);
}

TEST_F(SaveFailures, SaysWhyAPlaceCannotBeWritten) {
  const LoadedModel model = loaded(source_);
  fs::create_directories(folder_ / "folder");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  const std::string listing = folder_.listing();
  for (const auto& [name, why] : {std::pair("folder", "it is a directory"),
                                  {"missing/out.onnx", "there is no folder"},
                                  {"model.onnx/out.onnx", "there is no folder"},
                                  {"pipe", "it is no regular file"}}) {
    const Result<SaveReport> result = save(*model.model, folder_ / name);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, Code::failure);
    EXPECT_THAT(result.error().message, AllOf(HasSubstr(name), HasSubstr(why)));
  }
  EXPECT_EQ(folder_.listing(), listing);
}

TEST_F(SaveFailures, LeavesLinksToWhatAProcessHasOpenAlone) {
  const LoadedModel model = loaded(source_);
  const fs::path link = folder_ / "stdout";
  const auto open_file = *FileHandle::open(source_);
  // As /dev/stdout is when it was redirected to a file.
  fs::create_symlink("/proc/self/fd/" + std::to_string(open_file->descriptor()), link);
  ASSERT_TRUE(fs::is_regular_file(link));
  const Result<SaveReport> result = save(*model.model, link);
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().message, HasSubstr("it is no regular file"));
  EXPECT_TRUE(fs::is_symlink(link));
}

/// While it lives this process has no more rights than any user.
class PlainUser {
 public:
  PlainUser() : before_(::geteuid()) {
    if (before_ == 0 && ::seteuid(65534) != 0) throw std::runtime_error("cannot become a user");
  }
  PlainUser(const PlainUser&) = delete;
  ~PlainUser() {
    if (::seteuid(before_) != 0) std::abort();
  }

 private:
  uid_t before_;
};

TEST_F(SaveFailures, RefusesReadOnlyPlaces) {
  const LoadedModel model = loaded(source_);
  fs::permissions(source_, static_cast<fs::perms>(0444));
  for (const int rights : {0777, 0555}) {
    fs::permissions(folder_.path(), static_cast<fs::perms>(rights));
    const PlainUser user;
    const Result<SaveReport> result =
        save(*model.model, rights == 0777 ? source_ : folder_ / "new.onnx");
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, Code::failure);
    EXPECT_THAT(result.error().message, HasSubstr("Permission denied"));
  }
  fs::permissions(folder_.path(), fs::perms::owner_all);
}

/// Saves the model at `path` in place over and over, 'large' doubled and halved in turn, until it
/// is killed.
[[noreturn]] void save_forever(const fs::path& path, const SaveOptions& options) {
  while (true) {
    Result<LoadedModel> model = load(path);
    if (!model) std::_Exit(1);
    Value& large = *model->model->graph().find("large");
    const double factor = first_number(*large.initializer()) == 2 ? 2 : 0.5;
    model->model->graph().set_initializer(large, scaled(*large.initializer(), factor));
    if (!save(*model->model, path, options)) std::_Exit(2);
  }
}

TEST_F(SaveFailures, KilledAtAnyMomentLeavesTheOldModelOrTheNewOne) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): any moments will do
  for (const SaveOptions& options : {SaveOptions(), external}) {
    for (int round = 0; round < 50; ++round) {
      const pid_t child = ::fork();
      ASSERT_GE(child, 0);
      if (child == 0) save_forever(source_, options);
      ::usleep(static_cast<useconds_t>(random() % 6000));
      ::kill(child, SIGKILL);
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      ASSERT_TRUE(WIFSIGNALED(status)) << "saving failed by itself";
      EXPECT_THAT(first_of(source_, "large"), testing::AnyOf(2, 4));
    }
  }
}

TEST_F(SaveFailures, InterruptedRemovesWhatItHasNamed) {
  saved(*loaded(source_).model, folder_ / "there.onnx", external);
  const std::string listing = folder_.listing();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    for (SaveOptions options : {SaveOptions(), external})
      for (const char* name : {"new.onnx", "there.onnx"}) {
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
          remove_temporary_files_when_interrupted();
          options.accept = [&](const fs::path&) -> Result<void> {
            ::raise(signal);
            std::_Exit(1);
          };
          const LoadedModel model = loaded(source_);
          scale_large(model, 2);
          static_cast<void>(save(*model.model, folder_ / name, options));
          std::_Exit(2);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == signal) << status;
        EXPECT_EQ(folder_.listing(), listing);
      }
}

/// While it lives no file of this process grows beyond a size: a disk that fills up.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t size) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {size, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  SmallDisk(const SmallDisk&) = delete;
  ~SmallDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit before_{};
};

TEST_F(SaveFailures, LeavesNothingBehindWhenTheDiskIsFull) {
  saved(*loaded(source_).model, folder_ / "there.onnx", external);
  const std::string listing = folder_.listing();
  const LoadedModel model = loaded(source_);
  scale_large(model, 2);
  for (const SaveOptions& options : {SaveOptions(), external})
    for (const char* name : {"model.onnx", "there.onnx", "new.onnx"}) {
      const SmallDisk disk(100'000);
      const Result<SaveReport> result = save(*model.model, folder_ / name, options);
      ASSERT_FALSE(result.has_value());
      EXPECT_EQ(result.error().code, Code::failure);
      EXPECT_THAT(result.error().message, HasSubstr("cannot write"));
      EXPECT_EQ(folder_.listing(), listing);
    }
  EXPECT_EQ(first_of(source_, "large"), 2);
  EXPECT_EQ(first_of(folder_ / "there.onnx", "large"), 2);
}

TEST_F(SaveFailures, FailsCleanlyWhenTheSourceShrinksMeanwhile) {
  const LoadedModel model = loaded(source_);
  fs::resize_file(source_, 50'000);
  const std::string listing = folder_.listing();
  for (const SaveOptions& options : {SaveOptions(), external}) {
    const Result<SaveReport> result = save(*model.model, folder_ / "out.onnx", options);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, Code::failure);
    EXPECT_THAT(result.error().message, AllOf(HasSubstr("model.onnx"), HasSubstr("ends at byte")));
    EXPECT_EQ(folder_.listing(), listing);
  }
}

TEST_F(SaveFailures, RefusesBeforeWritingWhatProtobufCannotHold) {
  // 3 GB that take no room: a hole.
  folder_.write("hole.bin", "");
  fs::resize_file(folder_ / "hole.bin", 3'000'000'000);
  const LoadedModel model = loaded(source_);
  model.model->graph().add_initializer(
      "huge", Tensor(DataType::uint8, {3'000'000'000},
                     FileExtent{*FileHandle::open(folder_ / "hole.bin"), 0, 3'000'000'000}));
  const std::string listing = folder_.listing();
  const Result<SaveReport> result =
      save(*model.model, folder_ / "out.onnx", {.weights = WeightPlacement::inline_});
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().message, HasSubstr("external data"));
  EXPECT_EQ(folder_.listing(), listing);
}

}  // namespace
}  // namespace ortopt
