#include "ortopt/ir/save.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "ortopt/ir/load.h"
#include "ortopt/ir/recipe.h"
#include "tests/ir/save_fixture.h"

namespace ortopt {
namespace {

namespace fs = std::filesystem;
using test_support::bytes_of_file;
using test_support::external;
using test_support::first_of;

using Save = test_support::SaveFixture;

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

}  // namespace
}  // namespace ortopt
