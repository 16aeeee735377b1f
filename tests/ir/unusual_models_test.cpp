// What few files hold and the standard allows: kept as it is, through load and save.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ortopt/ir/load.h"
#include "ortopt/ir/save.h"
#include "ortopt/ir/verify.h"
#include "tests/ir/model_messages.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

using test_support::bytes_of_file;
using test_support::message_of;
using test_support::model_message;
using test_support::raw_floats;
using testing::HasSubstr;

const std::string neg =
    "node { op_type: 'Neg' input: 'x' output: 'y' } input { name: 'x' } output { name: 'y' } ";

class UnusualModels : public testing::Test {
 protected:
  Result<LoadedModel> loaded(const onnx::ModelProto& message) {
    return load(folder_.write("model.onnx", message.SerializeAsString()));
  }

  /// Loads and saves; the file must say what it said before.
  void expect_kept(const onnx::ModelProto& message) {
    const Result<LoadedModel> model = loaded(message);
    ASSERT_TRUE(model) << model.error().text();
    const Result<void> verdict = verify(model->model->graph());
    EXPECT_TRUE(verdict) << verdict.error().text();
    EXPECT_THAT(model->model->notes(), testing::IsEmpty());
    for (const WeightPlacement weights : {WeightPlacement::inline_, WeightPlacement::external}) {
      const Result<SaveReport> saved =
          save(*model->model, folder_ / "saved.onnx", {.weights = weights});
      ASSERT_TRUE(saved) << saved.error().text();
      const Result<LoadedModel> again = load(folder_ / "saved.onnx");
      ASSERT_TRUE(again) << again.error().text();
      // What went into a file of its own comes back, too.
      ASSERT_TRUE(
          save(*again->model, folder_ / "again.onnx", {.weights = WeightPlacement::inline_}));
      onnx::ModelProto kept;
      ASSERT_TRUE(kept.ParseFromString(bytes_of_file(folder_ / "again.onnx")));
      EXPECT_EQ(kept.SerializeAsString(), message.SerializeAsString()) << kept.DebugString();
    }
  }

  void expect_refused(const onnx::ModelProto& message, const std::string& why) {
    const Result<LoadedModel> model = loaded(message);
    ASSERT_FALSE(model) << why;
    EXPECT_EQ(model.error().code, Code::bad_model);
    EXPECT_THAT(model.error().text(), HasSubstr(why));
  }

  test_support::TemporaryFolder folder_;
};

/// `count` bfloat16 numbers as raw data.
onnx::TensorProto raw_bfloat16s(const std::string& name, int64_t count) {
  onnx::TensorProto tensor = raw_floats(name, (count + 1) / 2, 1);
  tensor.set_data_type(onnx::TensorProto::BFLOAT16);
  tensor.set_dims(0, count);
  tensor.mutable_raw_data()->resize(static_cast<std::size_t>(count) * 2);
  return tensor;
}

onnx::SparseTensorProto sparse_tensor(const std::string& name, int64_t count) {
  onnx::SparseTensorProto sparse;
  *sparse.mutable_values() = raw_floats(name, count, 1);
  onnx::TensorProto& indices = *sparse.mutable_indices();
  indices.set_data_type(onnx::TensorProto::INT64);
  indices.add_dims(count);
  for (int64_t i = 0; i < count; ++i) indices.add_int64_data(2 * i);
  sparse.add_dims(2 * count);
  return sparse;
}

TEST_F(UnusualModels, Bfloat16WeightsSmallAndLargeAreKept) {
  onnx::ModelProto message = model_message(neg);
  *message.mutable_graph()->add_initializer() = raw_bfloat16s("large", 5001);
  *message.mutable_graph()->add_initializer() = raw_bfloat16s("small", 3);
  expect_kept(message);
  const Result<LoadedModel> model = loaded(message);
  EXPECT_EQ(model->source.weight_bytes, 5004U * 2);
  const Tensor& small = *model->model->graph().find("small")->initializer();
  EXPECT_EQ(small.dtype(), DataType::bfloat16);
  // The low halves of the floats 1 and 2 are 0, their high halves are they themselves.
  EXPECT_THAT(*small.numbers(), testing::ElementsAre(0, 1, 0));
}

TEST_F(UnusualModels, SparseInitializersSmallAndLargeAreKept) {
  onnx::ModelProto message = model_message(
      "node { op_type: 'Add' input: 'x' input: 's' output: 'y' } "
      "input { name: 'x' } output { name: 'y' } ");
  *message.mutable_graph()->add_sparse_initializer() = sparse_tensor("s", 2);
  *message.mutable_graph()->add_sparse_initializer() = sparse_tensor("unused", 2000);
  expect_kept(message);
}

TEST_F(UnusualModels, SparseInitializersOfBodiesAreKept) {
  onnx::ModelProto message = model_message(
      "input { name: 'c' } output { name: 'y' } node { op_type: 'If' input: 'c' output: 'y' "
      "attribute { name: 'then_branch' type: GRAPH g { name: 't' output { name: 'a' } "
      "node { op_type: 'Neg' input: 's' output: 'a' } } } "
      "attribute { name: 'else_branch' type: GRAPH g { name: 'e' output { name: 'b' } "
      "node { op_type: 'Abs' input: 'c' output: 'b' } } } }");
  *message.mutable_graph()
       ->mutable_node(0)
       ->mutable_attribute(0)
       ->mutable_g()
       ->add_sparse_initializer() = sparse_tensor("s", 3);
  expect_kept(message);
}

TEST_F(UnusualModels, SparseConstantsAreKept) {
  onnx::ModelProto message = model_message(
      "node { op_type: 'Constant' output: 's' attribute { name: 'sparse_value' "
      "type: SPARSE_TENSOR } } node { op_type: 'Add' input: 'x' input: 's' output: 'y' } "
      "input { name: 'x' } output { name: 'y' } ");
  *message.mutable_graph()->mutable_node(0)->mutable_attribute(0)->mutable_sparse_tensor() =
      sparse_tensor("", 4);
  expect_kept(message);
}

TEST_F(UnusualModels, SparseTensorsWithExternalDataAreRefused) {
  onnx::ModelProto message = model_message(neg);
  *message.mutable_graph()->add_sparse_initializer() = sparse_tensor("s", 2);
  onnx::TensorProto& indices =
      *message.mutable_graph()->mutable_sparse_initializer(0)->mutable_indices();
  indices.set_data_location(onnx::TensorProto::EXTERNAL);
  expect_refused(message, "sparse initializer 's' has external data");

  onnx::ModelProto constant = model_message(
      "node { op_type: 'Constant' output: 's' attribute { name: 'sparse_value' type: "
      "SPARSE_TENSOR sparse_tensor { values { data_location: EXTERNAL } } } } " +
      neg);
  expect_refused(constant, "attribute 'sparse_value' has external data");
}

TEST_F(UnusualModels, SequencesOptionalsAndMapsAreKept) {
  const std::string tensor = "tensor_type { elem_type: 1 shape { dim { dim_param: 'B' } } }";
  const auto named = [](const std::string& name, const std::string& type) {
    return "{ name: '" + name + "' type { " + type + " } } ";
  };
  const std::string sequence = "sequence_type { elem_type { " + tensor + " } }";
  const std::string optional = "optional_type { elem_type { " + sequence + " } }";
  const std::string map =
      "sequence_type { elem_type { map_type { key_type: 7 value_type { " + tensor + " } } } }";
  expect_kept(model_message(
      "node { op_type: 'Identity' input: 's' output: 's1' } "
      "node { op_type: 'Optional' input: 's1' output: 'o1' } "
      "node { op_type: 'OptionalGetElement' input: 'o' output: 's2' } "
      "node { op_type: 'ZipMap' domain: 'ai.onnx.ml' input: 'x' output: 'm' } input " +
      named("s", sequence) + "input " + named("o", optional) + "input " + named("x", tensor) +
      "output " + named("o1", optional) + "output " + named("s2", sequence) + "output " +
      named("m", map) + "value_info " + named("s1", sequence)));
}

TEST_F(UnusualModels, NodesOfOneNameAreKept) {
  expect_kept(
      model_message("node { op_type: 'Neg' name: 'n' input: 'x' output: 't' } "
                    "node { op_type: 'Abs' name: 'n' input: 't' output: 'y' } input { name: 'x' } "
                    "output { name: 'y' } "));
}

TEST_F(UnusualModels, AnOutputThatIsListedTwiceIsKept) {
  expect_kept(model_message(neg + "output { name: 'y' } "));
}

TEST_F(UnusualModels, NamesThatAreDefinedTwiceAreRefused) {
  onnx::ModelProto initializers = model_message(neg);
  *initializers.mutable_graph()->add_initializer() = raw_floats("w", 2);
  *initializers.mutable_graph()->add_initializer() = raw_floats("w", 2);
  expect_refused(initializers, "the name 'w' is defined twice, the second time by an initializer");

  onnx::ModelProto sparse = model_message(neg);
  *sparse.mutable_graph()->add_initializer() = raw_floats("w", 2);
  *sparse.mutable_graph()->add_sparse_initializer() = sparse_tensor("w", 2);
  expect_refused(sparse, "the name 'w' is defined twice, the second time by a sparse initializer");

  onnx::ModelProto computed = model_message(neg);
  *computed.mutable_graph()->add_initializer() = raw_floats("y", 2);
  expect_refused(computed, "the name 'y' is defined twice, while reading node Neg 'y'");

  expect_refused(model_message("node { op_type: 'Split' input: 'x' output: 'y' output: 'y' } "
                               "input { name: 'x' } output { name: 'y' } "),
                 "the name 'y' is defined twice");
}

TEST_F(UnusualModels, WhatHasToHaveANameAndHasNoneIsRefused) {
  onnx::ModelProto initializer = model_message(neg);
  *initializer.mutable_graph()->add_initializer() = raw_floats("", 2);
  expect_refused(initializer, "an initializer has no name");

  onnx::ModelProto sparse = model_message(neg);
  *sparse.mutable_graph()->add_sparse_initializer() = sparse_tensor("", 2);
  expect_refused(sparse, "a sparse initializer has no name");

  expect_refused(model_message(neg + "output { } "), "graph output '' is defined nowhere");
  expect_refused(model_message("node { input: 'x' output: 'y' } input { name: 'x' } "
                               "output { name: 'y' } "),
                 "node 'y' names no operator");
}

}  // namespace
}  // namespace ortopt
