#include "ortopt/ir/save.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "ortopt/base/interruption.h"
#include "ortopt/ir/file_handle.h"
#include "ortopt/ir/load.h"
#include "ortopt/ir/recipe.h"
#include "tests/ir/model_messages.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

namespace fs = std::filesystem;
using test_support::bytes_of_file;
using test_support::model_message;
using test_support::raw_floats;
using test_support::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;

float first_number(const Tensor& tensor) {
  std::vector<std::byte> bytes(sizeof(float));
  float number = -1;
  if (read_content(tensor, 0, bytes)) std::memcpy(&number, bytes.data(), sizeof(number));
  return number;
}

/// The first number of weight `name` of the model in a file; -1 when it cannot be read.
float first_of(const fs::path& path, const std::string& name) {
  const Result<LoadedModel> model = load(path);
  return model ? first_number(*model->model->graph().find(name)->initializer()) : -1;
}

/// A model in a folder of its own, with weights of several sizes.
class Save : public testing::Test {
 protected:
  void SetUp() override {
    onnx::ModelProto message = model_message(
        "node { op_type: 'Relu' input: 'x' output: 'y' } input { name: 'x' } "
        "output { name: 'y' } ");
    onnx::GraphProto& graph = *message.mutable_graph();
    *graph.add_initializer() = raw_floats("small", 10);
    *graph.add_initializer() = raw_floats("middle", 2000, 1);
    *graph.add_initializer() = raw_floats("large", 300'000, 2);
    *graph.add_initializer() = raw_floats("middle again", 2000, 1);
    source_ = folder_.write("model.onnx", message.SerializeAsString());
  }

  static LoadedModel loaded(const fs::path& path) {
    Result<LoadedModel> result = load(path);
    if (!result) throw std::runtime_error(result.error().text());
    return *std::move(result);
  }

  static SaveReport saved(const Model& model, const fs::path& path,
                          const SaveOptions& options = {}) {
    Result<SaveReport> result = save(model, path, options);
    if (!result) throw std::runtime_error(result.error().text());
    return *result;
  }

  /// Multiplies the weight 'large' of a model that was loaded.
  static void scale_large(const LoadedModel& model, double factor) {
    Value& value = *model.model->graph().find("large");
    model.model->graph().set_initializer(value, scaled(*value.initializer(), factor));
  }

  TemporaryFolder folder_;
  fs::path source_;
};

const SaveOptions external = {.weights = WeightPlacement::external};

TEST_F(Save, InPlaceReplacesTheModel) {
  const LoadedModel model = loaded(source_);
  scale_large(model, 10);
  saved(*model.model, source_);
  EXPECT_EQ(first_of(source_, "large"), 20);
  EXPECT_EQ(folder_.listing(), "model.onnx\n");
}

TEST_F(Save, WritesTheSameBytesEveryTime) {
  const LoadedModel model = loaded(source_);
  scale_large(model, 3);
  for (const SaveOptions& options : {SaveOptions(), external}) {
    saved(*model.model, folder_ / "first.onnx", options);
    const std::string first = bytes_of_file(folder_ / "first.onnx");
    for (int round = 0; round < 3; ++round) {
      saved(*model.model, folder_ / "first.onnx", options);
      EXPECT_EQ(bytes_of_file(folder_ / "first.onnx"), first);
    }
  }
}

TEST_F(Save, PutsExternalDataAtOffsetsThatCanBeMapped) {
  const LoadedModel model = loaded(source_);
  const SaveReport report = saved(*model.model, folder_ / "out.onnx", external);
  EXPECT_EQ(report.file_bytes, fs::file_size(folder_ / "out.onnx"));
  EXPECT_EQ(report.data_bytes, fs::file_size(folder_ / "out.onnx.data"));
  onnx::ModelProto message;
  ASSERT_TRUE(message.ParseFromString(bytes_of_file(folder_ / "out.onnx")));
  std::vector<int64_t> offsets;
  for (const onnx::TensorProto& tensor : message.graph().initializer()) {
    if (tensor.data_location() != onnx::TensorProto::EXTERNAL) continue;
    EXPECT_EQ(tensor.external_data(0).value(), "out.onnx.data");
    EXPECT_EQ(tensor.external_data(1).key(), "offset");
    offsets.push_back(std::stoll(tensor.external_data(1).value()));
  }
  EXPECT_EQ(offsets, (std::vector<int64_t>{0, 65536, 0}))
      << "pages for small ones, 64 KiB for large ones, and the same bytes once";
  EXPECT_EQ(report.shared_bytes, 8000U);
  EXPECT_EQ(message.graph().initializer(0).raw_data().size(), 40U) << "below 1 KiB stays inline";
}

TEST_F(Save, KeepsWeightsExternalWhenTheyWere) {
  saved(*loaded(source_).model, folder_ / "a.onnx", external);
  const LoadedModel model = loaded(folder_ / "a.onnx");
  ASSERT_TRUE(model.source.has_external_data);
  saved(*model.model, folder_ / "b.onnx", {.source_had_external_data = true});
  EXPECT_TRUE(fs::exists(folder_ / "b.onnx.data"));
  saved(*model.model, folder_ / "c.onnx",
        {.weights = WeightPlacement::inline_, .source_had_external_data = true});
  EXPECT_FALSE(fs::exists(folder_ / "c.onnx.data"));
  EXPECT_EQ(first_of(folder_ / "c.onnx", "large"), 2);
}

TEST_F(Save, ExternalInPlaceEndsWithTheUsualNames) {
  saved(*loaded(source_).model, source_, external);
  for (int round = 0; round < 3; ++round) {
    const LoadedModel model = loaded(source_);
    scale_large(model, 2);
    saved(*model.model, source_, external);
    EXPECT_EQ(first_of(source_, "large"), 4 << round);
    EXPECT_EQ(folder_.listing(), "model.onnx\nmodel.onnx.data\n");
  }
}

TEST_F(Save, ExternalDataDoesNotDependOnWhatWasThere) {
  const LoadedModel model = loaded(source_);
  saved(*model.model, folder_ / "out.onnx", external);
  const std::string expected = bytes_of_file(folder_ / "out.onnx");
  folder_.write("out.onnx.data", "something else");
  folder_.write("out.onnx.data.1", "not ours");
  saved(*model.model, folder_ / "out.onnx", external);
  EXPECT_EQ(bytes_of_file(folder_ / "out.onnx"), expected);
  EXPECT_EQ(bytes_of_file(folder_ / "out.onnx.data.1"), "not ours");
}

TEST_F(Save, AfterAKillBetweenTheTwoFilesCleansUp) {
  // As a save that was stopped half-way through leaves it: the model reads a numbered data file.
  saved(*loaded(source_).model, source_, external);
  fs::rename(folder_ / "model.onnx.data", folder_ / "model.onnx.data.1");
  std::string bytes = bytes_of_file(source_);
  onnx::ModelProto message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  for (onnx::TensorProto& tensor : *message.mutable_graph()->mutable_initializer())
    if (tensor.external_data_size() > 0)
      tensor.mutable_external_data(0)->set_value("model.onnx.data.1");
  folder_.write("model.onnx", message.SerializeAsString());
  folder_.write("model.onnx.data", "old data");

  const LoadedModel model = loaded(source_);
  scale_large(model, 2);
  saved(*model.model, source_, external);
  EXPECT_EQ(first_of(source_, "large"), 4);
  EXPECT_EQ(folder_.listing(), "model.onnx\nmodel.onnx.data\n");
}

TEST_F(Save, WritesARecipeThatIsUsedTwiceOnce) {
  const LoadedModel model = loaded(source_);
  Graph& graph = model.model->graph();
  const Tensor large = *graph.find("large")->initializer();
  graph.add_initializer("one", scaled(large, 5));
  graph.add_initializer("two", scaled(large, 5));
  saved(*model.model, folder_ / "out.onnx");
  EXPECT_EQ(first_of(folder_ / "out.onnx", "one"), 10);
  EXPECT_EQ(first_of(folder_ / "out.onnx", "two"), 10);
  const SaveReport report = saved(*model.model, folder_ / "out.onnx", external);
  EXPECT_EQ(report.shared_bytes, 8000U + 1'200'000U);
}

TEST_F(Save, TellsItsProgressToTheEnd) {
  const LoadedModel model = loaded(source_);
  for (SaveOptions options : {SaveOptions(), external}) {
    uint64_t last = 0;
    uint64_t total = 0;
    options.progress = [&](uint64_t done, uint64_t of) {
      EXPECT_GE(done, last);
      EXPECT_LE(done, of);
      last = done;
      total = of;
    };
    const SaveReport report = saved(*model.model, folder_ / "out.onnx", options);
    EXPECT_EQ(last, total);
    EXPECT_EQ(total, report.file_bytes + report.data_bytes);
  }
}

TEST_F(Save, ShowsTheModelBeforeItTakesItsPlace) {
  for (SaveOptions options : {SaveOptions(), external}) {
    fs::remove(folder_ / "out.onnx");
    fs::remove(folder_ / "out.onnx.data");
    const LoadedModel model = loaded(source_);
    for (const float factor : {1.0F, 2.0F}) {
      scale_large(model, factor);
      const bool was_there = fs::exists(folder_ / "out.onnx");
      options.accept = [&](const fs::path& written) -> Result<void> {
        EXPECT_EQ(fs::exists(folder_ / "out.onnx"), was_there);
        EXPECT_EQ(first_of(written, "large"), 2 * factor);
        return {};
      };
      saved(*model.model, folder_ / "out.onnx", options);
      EXPECT_EQ(first_of(folder_ / "out.onnx", "large"), 2 * factor);
    }
  }
}

TEST_F(Save, LeavesAllAsItWasWhenTheModelIsNotAccepted) {
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

TEST_F(Save, KeepsTheAccessRightsOfTheFileThatItReplaces) {
  const mode_t before = ::umask(027);
  const LoadedModel model = loaded(source_);
  saved(*model.model, folder_ / "new.onnx");
  ::umask(before);
  EXPECT_EQ(fs::status(folder_ / "new.onnx").permissions(), static_cast<fs::perms>(0640));
  fs::permissions(folder_ / "new.onnx", static_cast<fs::perms>(0604));
  saved(*model.model, folder_ / "new.onnx");
  EXPECT_EQ(fs::status(folder_ / "new.onnx").permissions(), static_cast<fs::perms>(0604));
}

TEST_F(Save, ForcesToTheDiskWhenAsked) {
  const LoadedModel model = loaded(source_);
  saved(*model.model, folder_ / "a.onnx", {.sync = true});
  saved(*model.model, folder_ / "b.onnx", {.weights = WeightPlacement::external, .sync = true});
  EXPECT_EQ(first_of(folder_ / "b.onnx", "large"), 2);
}

TEST_F(Save, SaysWhyAPlaceCannotBeWritten) {
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

TEST_F(Save, LeavesLinksToWhatAProcessHasOpenAlone) {
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

TEST_F(Save, RefusesReadOnlyPlaces) {
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

TEST_F(Save, KilledAtAnyMomentLeavesTheOldModelOrTheNewOne) {
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

TEST_F(Save, InterruptedRemovesWhatItHasNamed) {
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

TEST_F(Save, LeavesNothingBehindWhenTheDiskIsFull) {
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

TEST_F(Save, FailsCleanlyWhenTheSourceShrinksMeanwhile) {
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

TEST_F(Save, RefusesBeforeWritingWhatProtobufCannotHold) {
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
