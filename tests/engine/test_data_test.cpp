#include <gmock/gmock.h>

#include "ortopt/engine/input_files.h"
#include "ortopt/engine/input_request.h"
#include "tests/engine/temporary_models.h"

namespace ortopt {
namespace {

using engine_test::TemporaryModels;
using engine_test::the_engine;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

NamedTensor integers(const std::string& name, DataType type, const std::vector<double>& numbers) {
  return {name, Tensor::of(type, {1, static_cast<int64_t>(numbers.size())}, numbers)};
}

TEST(TestData, WhatIsWrittenIsRead) {
  const TemporaryModels files;
  const auto folder = files.folder() / "deep" / "test_data_set_0";
  const auto words =
      std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"a", ""});
  const Result<void> written = write_test_data(
      folder,
      {{integers("x", DataType::int64, {1, 2}), {"s", Tensor(DataType::string, {2}, words)}},
       {{"y", Tensor::scalar(DataType::float32, 0.5)}}});
  ASSERT_TRUE(written) << written.error().text();
  const Result<TestData> data = read_test_data(folder);
  ASSERT_TRUE(data) << data.error().text();
  ASSERT_THAT(data->inputs, SizeIs(2));
  EXPECT_EQ(data->inputs[0].name, "x");
  EXPECT_THAT(*data->inputs[0].tensor.int64s(), ElementsAre(1, 2));
  EXPECT_EQ(*std::get<Tensor::Strings>(data->inputs[1].tensor.content()), *words);
  EXPECT_EQ(data->outputs.at(0).tensor.splat(), 0.5);
}

TEST(TestData, AShorterSetLeavesNothingOfALongerOne) {
  const TemporaryModels files;
  const NamedTensor x = integers("x", DataType::int64, {1});
  ASSERT_TRUE(write_test_data(files.folder(), {{x, x, x}, {x}}));
  ASSERT_TRUE(write_test_data(files.folder(), {{x}, {}}));
  const Result<TestData> data = read_test_data(files.folder());
  EXPECT_THAT(data->inputs, SizeIs(1));
  EXPECT_THAT(data->outputs, SizeIs(0));
}

TEST(TestData, FoldersThatAreNoneAreErrorsThatSayWhy) {
  TemporaryModels files;
  EXPECT_THAT(read_test_data(files.folder()).error().text(), HasSubstr("no input_0.pb"));
  files.write("input_1.pb", "");
  EXPECT_THAT(read_test_data(files.folder()).error().text(), HasSubstr("input_0.pb' is missing"));
  files.write("input_0.pb", "hello");
  EXPECT_THAT(read_test_data(files.folder()).error().text(), HasSubstr("no ONNX tensor"));
  files.write("input_0.pb", "");
  EXPECT_EQ(read_test_data(files.folder()).error().code, Code::usage);
}

TEST(Samples, AreFoundByNumberThenByName) {
  TemporaryModels files;
  const NamedTensor x = integers("x", DataType::int64, {1});
  for (const char* set : {"test_data_set_10", "test_data_set_2"})
    ASSERT_TRUE(write_test_data(files.folder() / set, {{x}, {}}));
  files.write("b.npz", "");
  files.write("a.npz", "");
  files.write("readme.txt", "");
  const auto samples = find_samples(files.folder());
  ASSERT_TRUE(samples) << samples.error().text();
  std::vector<std::string> names;
  for (const auto& sample : *samples) names.push_back(sample.filename());
  EXPECT_THAT(names, ElementsAre("test_data_set_2", "test_data_set_10", "a.npz", "b.npz"));
}

TEST(Samples, APlaceWithoutAnyIsAnError) {
  TemporaryModels files;
  EXPECT_EQ(find_samples(files.folder()).error().code, Code::usage);
  EXPECT_EQ(find_samples(files.folder() / "missing").error().code, Code::failure);
  EXPECT_EQ(find_samples(files.write("x.txt", "")).error().code, Code::usage);
}

const std::vector<Port> two_inputs = {{"ids", DataType::int64, {-1, -1}, {"B", "S"}},
                                      {"mask", DataType::int32, {1, -1}, {"", "S"}}};

TEST(Matching, ByNameInAnyOrderWithTheWidthThatTheModelWants) {
  const auto matched = matched_to_inputs(
      two_inputs, {integers("more", DataType::int64, {0}), integers("mask", DataType::int64, {1}),
                   integers("ids", DataType::int32, {7})});
  ASSERT_TRUE(matched) << matched.error().text();
  ASSERT_THAT(*matched, SizeIs(2));
  EXPECT_EQ((*matched)[0].name, "ids");
  EXPECT_EQ((*matched)[0].tensor.dtype(), DataType::int64);
  EXPECT_THAT(*(*matched)[0].tensor.int64s(), ElementsAre(7));
  EXPECT_EQ((*matched)[1].tensor.dtype(), DataType::int32);
}

TEST(Matching, InOrderWhenNoNameIsKnown) {
  const auto matched = matched_to_inputs(
      two_inputs, {integers("", DataType::int64, {7}), integers("", DataType::int32, {1})});
  ASSERT_TRUE(matched) << matched.error().text();
  EXPECT_EQ((*matched)[1].name, "mask");
}

TEST(Matching, WhatIsMissingOrDoesNotFitIsNamed) {
  const auto error = [](std::vector<NamedTensor> tensors) {
    const auto matched = matched_to_inputs(two_inputs, std::move(tensors));
    return matched ? "" : matched.error().text();
  };
  const NamedTensor ids = integers("ids", DataType::int64, {7});
  EXPECT_THAT(error({ids}), HasSubstr("nothing was found for input 'mask', only 'ids'"));
  EXPECT_THAT(error({ids, {"mask", Tensor::scalar(DataType::int32, 1)}}),
              HasSubstr("input 'mask' is [1, -1] (-1: any size), what was found for it is []"));
  EXPECT_THAT(error({ids, integers("mask", DataType::float32, {1})}),
              HasSubstr("is of type int32, what was found for it of type float"));
  EXPECT_THAT(error({ids, integers("mask", DataType::int64, {4e9})}), HasSubstr("type int32"));
}

TEST(InputSource, TakesSamplesFromFiles) {
  TemporaryModels files;
  const auto model = files.save("model", "g (int64[B, S] x) => (int64[B, S] y) { y = Neg(x) }");
  auto session = the_engine().open(model, {});
  ASSERT_TRUE(session);
  ASSERT_TRUE(write_npz(files.folder() / "a.npz", {integers("x", DataType::int64, {1, 2, 3})}));
  ASSERT_TRUE(write_test_data(files.folder() / "test_data_set_0",
                              {{integers("", DataType::int64, {4, 5})}, {}}));
  auto source = inputs_for({.files = {files.folder()}}, **session, model);
  ASSERT_TRUE(source) << source.error().text();
  EXPECT_EQ(source->count(), 2U);
  EXPECT_EQ(source->sizes().sequence, 2);
  EXPECT_EQ(source->description(), files.folder().string());
  EXPECT_THAT(*(*source->sample(1))[0].tensor.int64s(), ElementsAre(1, 2, 3));
  EXPECT_TRUE(source->fit(**session));
}

TEST(InputSource, AFileThatDoesNotSuitTheModelIsNamed) {
  TemporaryModels files;
  const auto model =
      files.save("model", "g (int64[B, S] x, int64[B, S] z) => (int64[B, S] y) { y = Add(x, z) }");
  auto session = the_engine().open(model, {});
  ASSERT_TRUE(write_npz(files.folder() / "a.npz", {integers("x", DataType::int64, {1})}));
  const auto source = inputs_for({.files = {files.folder() / "a.npz"}}, **session, model);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Code::usage);
  EXPECT_THAT(source.error().text(), HasSubstr("input 'z'"));
  EXPECT_THAT(source.error().text(), HasSubstr("a.npz'"));
}

}  // namespace
}  // namespace ortopt
