#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <string>
#include <vector>

#include "ortopt/ir/load.h"
#include "tests/ir/model_messages.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

namespace fs = std::filesystem;
using test_support::message_of;
using test_support::model_message;
using test_support::raw_floats;
using test_support::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;

/// A model with one initializer 'w' of four floats, 1 to 4, somewhere else.
class ExternalData : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "model");
    folder_.write("model/w.bin", "........" + raw_floats("", 4, 1).raw_data());
  }

  Result<LoadedModel> loaded(const std::string& entries, const LoadOptions& options = {}) {
    return load(folder_.write("model/m.onnx", bytes(entries)), options);
  }

  static std::string bytes(const std::string& entries) {
    onnx::ModelProto message = model_message(
        "node { op_type: 'Add' input: 'x' input: 'w' output: 'y' } input { name: 'x' } "
        "output { name: 'y' }");
    *message.mutable_graph()->add_initializer() = message_of<onnx::TensorProto>(
        "name: 'w' data_type: 1 dims: 4 data_location: EXTERNAL " + entries);
    return message.SerializeAsString();
  }

  static std::string entry(const std::string& key, const std::string& value) {
    return "external_data { key: '" + key + "' value: '" + value + "' } ";
  }

  void expect_refused(const std::string& entries, const testing::Matcher<std::string>& why) {
    const Result<LoadedModel> result = loaded(entries);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, Code::bad_model);
    EXPECT_THAT(result.error().message, AllOf(HasSubstr("tensor 'w'"), why));
  }

  static std::vector<double> weights(const Result<LoadedModel>& result) {
    if (!result) throw std::runtime_error(result.error().text());
    return *result->model->graph().find("w")->initializer()->numbers();
  }

  const std::vector<double> one_to_four_ = {1, 2, 3, 4};
  TemporaryFolder folder_;
};

TEST_F(ExternalData, IsReadFromItsOffset) {
  const auto result =
      loaded(entry("location", "w.bin") + entry("offset", "8") + entry("length", "16"));
  EXPECT_EQ(weights(result), one_to_four_);
  EXPECT_TRUE(result->source.has_external_data);
  EXPECT_EQ(result->source.weight_bytes, 16U);
}

TEST_F(ExternalData, NeedsNoLengthAndIgnoresChecksums) {
  EXPECT_EQ(
      weights(loaded(entry("location", "w.bin") + entry("offset", "8") + entry("checksum", "abc"))),
      one_to_four_);
}

TEST_F(ExternalData, MayLieInAFolderBelow) {
  fs::create_directories(folder_ / "model/data");
  fs::rename(folder_ / "model/w.bin", folder_ / "model/data/w.bin");
  EXPECT_EQ(weights(loaded(entry("location", "data/w.bin") + entry("offset", "8"))), one_to_four_);
}

TEST_F(ExternalData, IsFoundWhenTheModelIsNamedWithoutItsFolder) {
  folder_.write("model/m.onnx", bytes(entry("location", "w.bin") + entry("offset", "8")));
  const fs::path before = fs::current_path();
  fs::current_path(folder_ / "model");
  const auto result = load("m.onnx");
  fs::current_path(before);
  EXPECT_EQ(weights(result), one_to_four_);
}

TEST_F(ExternalData, SaysWhatIsMissing) {
  expect_refused(entry("location", "gone.bin"), AllOf(HasSubstr("gone.bin"), HasSubstr("missing")));
  expect_refused(entry("offset", "8"), HasSubstr("names no file"));
  expect_refused("", HasSubstr("names no file"));
}

TEST_F(ExternalData, SaysHowMuchIsThereWhenTheFileIsShort) {
  expect_refused(entry("location", "w.bin") + entry("offset", "12"),
                 HasSubstr("16 bytes from byte 12 of 'w.bin', which has only 24"));
  expect_refused(entry("location", "w.bin") + entry("offset", "1000"), HasSubstr("only 24"));
  expect_refused(entry("location", "w.bin") + entry("offset", "18446744073709551610"),
                 HasSubstr("only 24"));
}

TEST_F(ExternalData, RefusesALengthThatTheDimensionsContradict) {
  expect_refused(entry("location", "w.bin") + entry("length", "20"),
                 HasSubstr("need 16 bytes, but its external data has 20"));
  expect_refused(entry("location", "w.bin") + entry("length", "8"),
                 HasSubstr("need 16 bytes, but its external data has 8"));
}

TEST_F(ExternalData, RefusesNumbersThatAreNone) {
  expect_refused(entry("location", "w.bin") + entry("offset", "-1"), HasSubstr("is no number"));
  expect_refused(entry("location", "w.bin") + entry("length", "16x"), HasSubstr("is no number"));
}

TEST_F(ExternalData, RefusesADirectory) {
  fs::create_directories(folder_ / "model/data");
  const auto result = loaded(entry("location", "data"));
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().message, HasSubstr("is a directory"));
}

TEST_F(ExternalData, RefusesPathsThatLeaveTheFolderUnlessAllowed) {
  folder_.write("secret.bin", "........" + raw_floats("", 4, 1).raw_data());
  const std::string up = entry("location", "../secret.bin") + entry("offset", "8");
  const std::string absolute =
      entry("location", (folder_ / "secret.bin").string()) + entry("offset", "8");
  const std::string roundabout = entry("location", "../model/w.bin") + entry("offset", "8");
  expect_refused(up, HasSubstr("'..'"));
  expect_refused(absolute, HasSubstr("absolute"));
  expect_refused(roundabout, HasSubstr("'..'"));
  for (const std::string& entries : {up, absolute, roundabout})
    EXPECT_EQ(weights(loaded(entries, {.allow_outside_data = true})), one_to_four_);
}

TEST_F(ExternalData, RefusesLinksThatLeaveTheFolderUnlessAllowed) {
  folder_.write("secret.bin", "........" + raw_floats("", 4, 1).raw_data());
  fs::create_symlink("../secret.bin", folder_ / "model/link.bin");
  fs::create_directory_symlink("..", folder_ / "model/up");
  const std::string offset = entry("offset", "8");
  expect_refused(entry("location", "link.bin") + offset, HasSubstr("link"));
  expect_refused(entry("location", "up/secret.bin") + offset, HasSubstr("link"));
  EXPECT_EQ(weights(loaded(entry("location", "link.bin") + offset, {.allow_outside_data = true})),
            one_to_four_);
}

TEST_F(ExternalData, MayLieInMoreFilesThanAProcessOpensByDefault) {
  onnx::ModelProto message = model_message(
      "node { op_type: 'Relu' input: 'x' output: 'y' } input { name: 'x' } output { name: 'y' }");
  for (int i = 0; i < 60; ++i) {
    const std::string name = "w" + std::to_string(i);
    *message.mutable_graph()->add_initializer() = message_of<onnx::TensorProto>(
        "name: '" + name + "' data_type: 1 dims: 4 data_location: EXTERNAL " +
        entry("location", name));
    folder_.write("model/" + name, raw_floats("", 4, static_cast<float>(i)).raw_data());
  }
  const fs::path path = folder_.write("model/m.onnx", message.SerializeAsString());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few = {30, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const auto result = load(path);
  ::setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_TRUE(result.has_value()) << result.error().text();
  EXPECT_EQ(result->model->graph().find("w59")->initializer()->numbers()->front(), 59);
}

TEST_F(ExternalData, MayBeLinkedTogetherWithItsModel) {
  // As model hubs do it: a folder of links into a store.
  fs::create_directories(folder_ / "links");
  folder_.write("model/m.onnx", bytes(entry("location", "w.bin") + entry("offset", "8")));
  fs::create_symlink("../model/m.onnx", folder_ / "links/m.onnx");
  fs::create_symlink("../model/w.bin", folder_ / "links/w.bin");
  EXPECT_EQ(weights(load(folder_ / "links/m.onnx")), one_to_four_);
}

TEST_F(ExternalData, CannotForgeOurPlaceholders) {
  const auto result = loaded(entry("ortopt.extent", "0"));
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().message, HasSubstr("'ortopt.extent' is reserved"));
}

}  // namespace
}  // namespace ortopt
