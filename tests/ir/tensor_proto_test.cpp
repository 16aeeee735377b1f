#include "ir/tensor_proto.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

namespace ortopt {
namespace {

using testing::HasSubstr;

onnx::TensorProto message_of(const std::string& text) {
  onnx::TensorProto message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

std::vector<double> numbers_of(const std::string& text) {
  Result<Tensor> tensor = tensor_from_proto(message_of(text), {});
  if (!tensor) return {-999};
  return tensor->numbers().value_or(std::vector<double>{-998});
}

std::string error_of(const std::string& text) {
  Result<Tensor> tensor = tensor_from_proto(message_of(text), {});
  if (tensor) return "no error";
  EXPECT_EQ(tensor.error().code, Code::bad_model);
  return tensor.error().message;
}

TEST(TensorFromProto, ReadsEveryTypedField) {
  EXPECT_EQ(numbers_of("data_type: 1 dims: 2 float_data: [1.5, -2]"),
            (std::vector<double>{1.5, -2}));
  EXPECT_EQ(numbers_of("data_type: 11 dims: 1 double_data: 0.1"), (std::vector<double>{0.1}));
  EXPECT_EQ(numbers_of("data_type: 7 dims: 2 int64_data: [-3, 4]"), (std::vector<double>{-3, 4}));
  EXPECT_EQ(numbers_of("data_type: 6 dims: 2 int32_data: [-3, 4]"), (std::vector<double>{-3, 4}));
  EXPECT_EQ(numbers_of("data_type: 3 dims: 2 int32_data: [-3, 4]"), (std::vector<double>{-3, 4}));
  EXPECT_EQ(numbers_of("data_type: 9 dims: 2 int32_data: [1, 0]"), (std::vector<double>{1, 0}));
  EXPECT_EQ(numbers_of("data_type: 12 dims: 1 uint64_data: 4294967295"),
            (std::vector<double>{4294967295.0}));
  EXPECT_EQ(numbers_of("data_type: 13 dims: 1 uint64_data: 5"), (std::vector<double>{5}));
  EXPECT_EQ(numbers_of("data_type: 10 dims: 2 int32_data: [15360, 49152]"),
            (std::vector<double>{1, -2}))
      << "half floats are bit patterns";
  EXPECT_EQ(numbers_of("data_type: 22 dims: 3 int32_data: [241, 8]"),
            (std::vector<double>{1, -1, -8}))
      << "two 4-bit elements share an entry";
}

TEST(TensorFromProto, ScalarsHaveNoDimensions) {
  EXPECT_EQ(numbers_of("data_type: 1 float_data: 3"), (std::vector<double>{3}));
}

TEST(TensorFromProto, EmptyTensorsNeedNoContent) {
  EXPECT_EQ(numbers_of("data_type: 1 dims: [0, 768]"), (std::vector<double>{}));
}

TEST(TensorFromProto, KeepsElementTypesThatItDoesNotKnow) {
  Result<Tensor> tensor =
      tensor_from_proto(message_of("data_type: 99 dims: 2 raw_data: 'abc'"), {});
  ASSERT_TRUE(tensor);
  onnx::TensorProto written;
  tensor_to_proto(*tensor, "w", written);
  EXPECT_EQ(written.data_type(), 99);
  EXPECT_EQ(written.raw_data(), "abc");
}

TEST(TensorFromProto, SaysWhichSizeWasExpectedAndFound) {
  EXPECT_EQ(error_of("name: 'w' data_type: 1 dims: 3 raw_data: 'abcd'"),
            "tensor 'w' of type float and dimensions [3] needs 12 bytes, but 4 were found");
}

TEST(TensorFromProto, RefusesImpossibleDimensions) {
  EXPECT_THAT(error_of("data_type: 1 dims: -1"), HasSubstr("impossible dimensions [-1]"));
  EXPECT_THAT(error_of("data_type: 1 dims: [4611686018427387904, 4611686018427387904]"),
              HasSubstr("impossible dimensions"));
}

TEST(TensorFromProto, RefusesAMissingType) {
  EXPECT_THAT(error_of("dims: 1 float_data: 1"), HasSubstr("has no element type"));
}

TEST(TensorFromProto, CountsStrings) {
  EXPECT_THAT(error_of("data_type: 8 dims: 2 string_data: 'a'"), HasSubstr("1 strings"));
}

TEST(TensorFromProto, RefusesPlaceholdersThatLeadNowhere) {
  EXPECT_THAT(error_of("data_type: 1 dims: 1 data_location: EXTERNAL "
                       "external_data { key: 'ortopt.extent' value: '7' }"),
              HasSubstr("was not found"));
}

TEST(TensorToProto, WritesStringsAndRawBytes) {
  const onnx::TensorProto strings = message_of("data_type: 8 dims: 2 string_data: ['a', 'bc']");
  onnx::TensorProto written;
  tensor_to_proto(*tensor_from_proto(strings, {}), "", written);
  EXPECT_EQ(written.SerializeAsString(), strings.SerializeAsString());
}

}  // namespace
}  // namespace ortopt
