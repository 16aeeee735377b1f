#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "ir/wire.h"
#include "ortopt/ir/load.h"
#include "ortopt/ir/save.h"
#include "ortopt/ir/verify.h"
#include "tests/ir/model_messages.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

namespace fs = std::filesystem;
using test_support::bytes_of_file;
using test_support::message_of;
using test_support::model_message;
using test_support::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;

class BadInput : public testing::Test {
 protected:
  void expect_refused(const std::string& bytes, const testing::Matcher<std::string>& why) {
    expect_refused_file(folder_.write("bad.onnx", bytes), why);
  }
  static void expect_refused_file(const fs::path& path, const testing::Matcher<std::string>& why) {
    const Result<LoadedModel> result = load(path);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, Code::bad_model);
    EXPECT_THAT(result.error().text(), AllOf(HasSubstr(path.filename().string()), why));
  }

  /// Whatever the bytes are: a model that can be written and read again, or a clear refusal.
  void expect_model_or_refusal(const std::string& bytes) {
    const Result<LoadedModel> result = load(folder_.write("changed.onnx", bytes));
    if (!result) {
      EXPECT_EQ(result.error().code, Code::bad_model) << result.error().text();
      EXPECT_THAT(result.error().text(), HasSubstr("changed.onnx"));
      return;
    }
    EXPECT_TRUE(verify(result->model->graph()).has_value());
    if (++models_ % 4 != 0) return;  // Writing takes most of the time.
    ASSERT_TRUE(save(*result->model, folder_ / "written.onnx").has_value());
    const Result<LoadedModel> again = load(folder_ / "written.onnx");
    EXPECT_TRUE(again.has_value()) << again.error().text();
  }

  TemporaryFolder folder_;
  int models_ = 0;
};

std::vector<fs::path> some_models() {
  std::vector<fs::path> out;
  for (const fs::directory_entry& entry : fs::directory_iterator(ORTOPT_MODELS))
    if (entry.path().extension() == ".onnx" && entry.file_size() < 200'000)
      out.push_back(entry.path());
  std::ranges::sort(out);
  if (out.size() > 6) out.resize(6);
  return out;
}

TEST_F(BadInput, IsNamedForWhatItIs) {
  expect_refused("", HasSubstr("is empty"));
  expect_refused("print('hello')\n", HasSubstr("is a text file"));
  expect_refused("version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
                 HasSubstr("git lfs pull"));
  expect_refused(std::string("PK\x03\x04\x14\0\0\0", 8), HasSubstr("zip archive"));
  expect_refused(std::string("\x20\0\0\0ORTM\0\0\0\0", 12), HasSubstr("ONNX Runtime's own format"));
  expect_refused_file(folder_.path(), HasSubstr("is a directory"));
}

TEST_F(BadInput, ThatIsMissingIsNoFaultOfTheModel) {
  const Result<LoadedModel> result = load(folder_ / "nothing.onnx");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Code::failure);
  EXPECT_THAT(result.error().message, AllOf(HasSubstr("nothing.onnx"), HasSubstr("No such file")));
}

TEST_F(BadInput, OfOtherProtobufMessagesIsRefused) {
  expect_refused(message_of<onnx::TensorProto>("dims: 3 data_type: 1 raw_data: 'abcdefghijkl'")
                     .SerializeAsString(),
                 testing::_);
  expect_refused(message_of<onnx::ModelProto>("ir_version: 8 opset_import { version: 17 }")
                     .SerializeAsString(),
                 HasSubstr("no graph"));
  expect_refused(
      message_of<onnx::ModelProto>("ir_version: 8 graph { name: 'g' }").SerializeAsString(),
      HasSubstr("no operator set"));
}

TEST_F(BadInput, ThatClaimsMoreBytesThanItHasIsRefusedWithoutReservingThem) {
  for (const uint64_t claimed : {uint64_t{100'000'000'000}, ~uint64_t{0}, uint64_t{1} << 63}) {
    for (const std::string& path : {std::string("\x3a"), std::string("\x12")}) {
      std::string bytes = "\x08\x08" + path;
      append_varint(bytes, claimed);
      expect_refused(bytes + "abc", HasSubstr("where 3 are left"));
    }
  }
}

TEST_F(BadInput, WithBrokenNumbersAndTagsIsRefused) {
  expect_refused("\x08\x08\x40" + std::string(10, '\xff') + "\x01", HasSubstr("64 bits"));
  expect_refused("\x08\x08\x80\x80", HasSubstr("cut off"));
  expect_refused(std::string("\x08\x08\x02\x00", 4), HasSubstr("no field number 0"));
  expect_refused("\x08\x08\x0f", HasSubstr("no wire type 7"));
  expect_refused("\x08\x08\x0c", HasSubstr("never began"));
  expect_refused("\x08\x08\xf3\x3f\x08\x01", HasSubstr("cut off"));
}

TEST_F(BadInput, NestedDeeperThanProtobufGoesIsRefused) {
  // Graph in attribute in node in graph …
  std::string graph = "\x12\x01g";
  for (int level = 0; level < 200; ++level) {
    for (const char tag : {'\x32', '\x2a', '\x0a'}) {
      std::string outer(1, tag);
      append_varint(outer, graph.size());
      graph = outer + graph;
    }
  }
  std::string bytes = "\x08\x08\x3a";
  append_varint(bytes, graph.size());
  expect_refused(bytes + graph, HasSubstr("nested deeper than 100"));
  expect_refused("\x08\x08" + std::string(100'000, '\x0b'), HasSubstr("nested deeper than 100"));
}

TEST_F(BadInput, WithACycleNamesIt) {
  expect_refused(
      model_message("node { op_type: 'Relu' input: 'b' output: 'a' } "
                    "node { op_type: 'Tanh' input: 'a' output: 'b' } output { name: 'b' }")
          .SerializeAsString(),
      HasSubstr("'a'"));
}

TEST_F(BadInput, WithAFunctionThatCallsItselfIsRefused) {
  onnx::ModelProto message = model_message(
      "input { name: 'x' } output { name: 'y' } "
      "node { op_type: 'F' domain: 'here' input: 'x' output: 'y' }");
  *message.add_functions() = message_of<onnx::FunctionProto>(
      "name: 'F' domain: 'here' input: 'a' output: 'b' "
      "node { op_type: 'F' domain: 'here' input: 'a' output: 'b' }");
  expect_refused(message.SerializeAsString(), HasSubstr("'F' calls itself"));
}

TEST_F(BadInput, CutOffAnywhereIsAModelOrRefused) {
  for (const fs::path& path : some_models()) {
    SCOPED_TRACE(path.string());
    const std::string whole = bytes_of_file(path);
    const std::size_t step = whole.size() / 60 + 1;
    for (std::size_t size = 0; size < whole.size(); size += step)
      expect_model_or_refusal(whole.substr(0, size));
    for (std::size_t size = 0; size < 40; ++size) {
      expect_model_or_refusal(whole.substr(0, size));
      expect_model_or_refusal(whole.substr(0, whole.size() - size));
    }
  }
}

TEST_F(BadInput, WithChangedBytesIsAModelOrRefused) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same bytes every time
  const auto below = [&](std::size_t limit) { return random() % limit; };
  for (const fs::path& path : some_models()) {
    SCOPED_TRACE(path.string());
    const std::string whole = bytes_of_file(path);
    for (int round = 0; round < 150; ++round) {
      std::string changed = whole;
      for (std::size_t flips = 1 + below(4); flips > 0; --flips)
        changed[below(changed.size())] ^= static_cast<char>(1U << below(8));
      expect_model_or_refusal(changed);
      changed = whole;
      const std::string piece = whole.substr(below(whole.size()), below(100));
      changed.insert(below(changed.size()), piece);
      expect_model_or_refusal(changed);
    }
  }
}

}  // namespace
}  // namespace ortopt
