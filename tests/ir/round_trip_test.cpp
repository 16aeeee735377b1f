#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ir/tensor_proto.h"
#include "ortopt/ir/load.h"
#include "ortopt/ir/save.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

namespace fs = std::filesystem;
using test_support::bytes_of_file;
using test_support::TemporaryFolder;

/// What a graph says, told without help from the code under test: constants by name, whether they
/// are initializers or nodes, and everything else as it is.
struct Described {
  std::map<std::string, std::string> constants;
  std::vector<std::string> nodes;
  std::vector<std::string> declarations;
  std::string rest;

  friend bool operator==(const Described&, const Described&) = default;
};

std::string content_of(const onnx::TensorProto& tensor, const fs::path& folder) {
  std::string content = std::to_string(tensor.data_type()) + "[";
  for (const int64_t dim : tensor.dims()) content += std::to_string(dim) + ",";
  content += "]";
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    std::map<std::string, std::string> entries;
    for (const auto& entry : tensor.external_data()) entries[entry.key()] = entry.value();
    const std::string all = bytes_of_file(folder / entries["location"]);
    return content + all.substr(entries.count("offset") ? std::stoull(entries["offset"]) : 0,
                                std::stoull(entries["length"]));
  }
  if (tensor.has_raw_data() || tensor.data_type() == onnx::TensorProto::STRING) {
    for (const std::string& text : tensor.string_data()) content += text + ";";
    return content + tensor.raw_data();
  }
  // Typed fields: tensor_proto_test.cpp has them.
  const Tensor::Bytes bytes = *tensor_from_proto(tensor, {})->bytes();
  return content + std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

/// What a Constant node stands for, whichever way it says so.
onnx::TensorProto constant_of(const onnx::AttributeProto& attribute) {
  onnx::TensorProto out = attribute.t();
  if (attribute.name() == "value") return out;
  const bool is_list = attribute.ints_size() + attribute.floats_size() > 0;
  std::vector<int64_t> ints(attribute.ints().begin(), attribute.ints().end());
  std::vector<float> floats(attribute.floats().begin(), attribute.floats().end());
  if (attribute.name() == "value_int") ints = {attribute.i()};
  if (attribute.name() == "value_float") floats = {attribute.f()};
  if (is_list) out.add_dims(static_cast<int64_t>(ints.size() + floats.size()));
  out.set_data_type(ints.empty() ? onnx::TensorProto::FLOAT : onnx::TensorProto::INT64);
  out.mutable_raw_data()->append(reinterpret_cast<const char*>(ints.data()), ints.size() * 8);
  out.mutable_raw_data()->append(reinterpret_cast<const char*>(floats.data()), floats.size() * 4);
  return out;
}

Described describe(onnx::GraphProto graph, const fs::path& folder);

std::string described_node(onnx::NodeProto node, const fs::path& folder) {
  std::string out;
  for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
    if (attribute.has_t()) {
      out += attribute.name() + content_of(attribute.t(), folder);
      attribute.clear_t();
    }
    if (attribute.has_g()) {
      const Described inner = describe(attribute.g(), folder);
      for (const auto& [name, content] : inner.constants) out += name + content;
      for (const std::string& text : inner.nodes) out += text;
      out += inner.rest;
      attribute.clear_g();
    }
  }
  return node.SerializeAsString() + out;
}

Described describe(onnx::GraphProto graph, const fs::path& folder) {
  Described out;
  for (const onnx::TensorProto& tensor : graph.initializer())
    out.constants[tensor.name()] = content_of(tensor, folder);
  for (const onnx::NodeProto& node : graph.node()) {
    if (node.op_type() == "Constant")
      out.constants[node.output(0)] = content_of(constant_of(node.attribute(0)), folder);
    else
      out.nodes.push_back(described_node(node, folder));
  }
  for (const onnx::ValueInfoProto& declared : graph.value_info())
    if (!out.constants.count(declared.name()))  // The tensor says it all.
      out.declarations.push_back(declared.SerializeAsString());
  std::ranges::sort(out.declarations);
  graph.clear_initializer();
  graph.clear_node();
  graph.clear_value_info();
  out.rest = graph.SerializeAsString();
  return out;
}

onnx::ModelProto message_in(const fs::path& path) {
  onnx::ModelProto message;
  EXPECT_TRUE(message.ParseFromString(bytes_of_file(path)));
  return message;
}

void expect_same_model(const fs::path& original, const fs::path& written) {
  onnx::ModelProto before = message_in(original);
  onnx::ModelProto after = message_in(written);
  const Described expected = describe(before.graph(), original.parent_path());
  const Described found = describe(after.graph(), written.parent_path());
  EXPECT_EQ(expected.constants, found.constants);
  EXPECT_EQ(expected.nodes, found.nodes);
  EXPECT_EQ(expected.declarations, found.declarations);
  EXPECT_EQ(expected.rest, found.rest);
  before.clear_graph();
  after.clear_graph();
  EXPECT_EQ(before.SerializeAsString(), after.SerializeAsString());
}

std::vector<fs::path> all_models() {
  std::vector<fs::path> out;
  for (const fs::directory_entry& entry : fs::directory_iterator(ORTOPT_MODELS))
    if (entry.path().extension() == ".onnx") out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

class RoundTrip : public testing::TestWithParam<fs::path> {
 protected:
  void expect_kept(WeightPlacement weights) {
    Result<LoadedModel> loaded = load(GetParam(), {.inline_functions = false});
    ASSERT_TRUE(loaded.has_value()) << loaded.error().text();
    const fs::path written = folder_ / "written.onnx";
    const SaveOptions options = {.weights = weights,
                                 .source_had_external_data = loaded->source.has_external_data};
    Result<SaveReport> saved = save(*loaded->model, written, options);
    ASSERT_TRUE(saved.has_value()) << saved.error().text();
    EXPECT_EQ(saved->file_bytes, fs::file_size(written));
    expect_same_model(GetParam(), written);

    // What was read from the written file is written as the same bytes, in its own place too.
    Result<LoadedModel> again = load(written, {.inline_functions = false});
    ASSERT_TRUE(again.has_value()) << again.error().text();
    const std::string bytes = bytes_of_file(written);
    const std::string listing = folder_.listing();
    ASSERT_TRUE(save(*again->model, written, options).has_value());
    EXPECT_EQ(bytes_of_file(written), bytes);
    EXPECT_EQ(folder_.listing(), listing);
  }

  TemporaryFolder folder_;
};

TEST_P(RoundTrip, KeepsEverythingWithWeightsInTheModelFile) {
  expect_kept(WeightPlacement::inline_);
}

TEST_P(RoundTrip, KeepsEverythingWithWeightsBesideTheModelFile) {
  expect_kept(WeightPlacement::external);
}

TEST_P(RoundTrip, KeepsWeightsWhereTheyWere) { expect_kept(WeightPlacement::automatic); }

INSTANTIATE_TEST_SUITE_P(Models, RoundTrip, testing::ValuesIn(all_models()), [](const auto& model) {
  std::string name = model.param.stem().string();
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace ortopt
