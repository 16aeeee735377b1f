#include "ortopt/shape/layers.h"

#include <gtest/gtest.h>

#include <cctype>

#include "ortopt/ir/graph.h"
#include "ortopt/ir/load.h"
#include "ortopt/ir/node.h"

namespace ortopt {
namespace {

LoadedModel loaded(const std::string& model) {
  Result<LoadedModel> result = load(ORTOPT_MODELS "/" + model);
  EXPECT_TRUE(result) << model;
  return std::move(*result);
}

/// What gtest takes for a name.
std::string spelled(std::string name) {
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
}

TEST(LayersFromNames, AreReadFromWhatExportersWrite) {
  const Layers layers = Layers::from_names({
      "/embeddings/Gather",
      "/encoder/layer.0/attention/MatMul",
      "MatMul_17",
      "/encoder/layer.1/attention/MatMul",
      "/pooler/Gemm",
  });
  EXPECT_EQ(layers.count(), 2);
  EXPECT_EQ(layers.of("/embeddings/Gather"), Layers::before);
  EXPECT_EQ(layers.of("/encoder/layer.0/attention/MatMul"), 0);
  EXPECT_EQ(layers.of("MatMul_17"), 0) << "it goes with the node before it";
  EXPECT_EQ(layers.of("/pooler/Gemm"), Layers::after);
  EXPECT_EQ(layers.of("elsewhere"), std::nullopt);
}

TEST(LayersFromNames, EveryExportersSpellingIsKnown) {
  for (const char* name :
       {"/h.3/attn/MatMul", "bert/encoder/layer_3/MatMul", "tf_bert/encoder/layer_._3/MatMul",
        "model/layers.3/mlp/Add", "/transformer/resblocks.3/Add", "blocks/3/Add"})
    EXPECT_EQ(Layers::from_names({name}).of(name), 3) << name;
}

TEST(LayersFromNames, NumbersThatCountOtherThingsAreNoLayers) {
  EXPECT_TRUE(Layers::from_names({"MatMul_3", "player.3/x", "layer_norm_3", "h3"}).empty());
}

struct Expected {
  const char* model;
  int layers;
};

class LayersFromGraph : public testing::TestWithParam<Expected> {};

TEST_P(LayersFromGraph, CountTheAttentionsOfEveryExporter) {
  const LoadedModel model = loaded(GetParam().model);
  EXPECT_EQ(Layers::from_graph(model.model->graph()).count(), GetParam().layers);
}

INSTANTIATE_TEST_SUITE_P(Models, LayersFromGraph,
                         testing::Values(Expected{"bert-t26-legacy-sdpa-op14.onnx", 2},
                                         Expected{"bert-t110-legacy-eager-op11.onnx", 2},
                                         Expected{"bert-t213-dynamo-eager-op23.onnx", 2},
                                         Expected{"gpt2-t21-legacy-eager-op13.onnx", 2},
                                         Expected{"gpt2-past_separate-t110-legacy-eager-op12.onnx",
                                                  2},
                                         Expected{"llama-t213-dynamo-sdpa-op23.onnx", 2},
                                         Expected{"vit-t213-dynamo-sdpa-op20.onnx", 2},
                                         Expected{"t5enc-t110-legacy-eager-op12.onnx", 2},
                                         Expected{"tfbert_op13_oldnames.onnx", 2}),
                         [](const auto& test) { return spelled(test.param.model); });

/// Where names tell the layer, structure has to find the same one.
class StructureAndNames : public testing::TestWithParam<const char*> {};

TEST_P(StructureAndNames, AgreeOnEveryNodeThatHasBoth) {
  const LoadedModel model = loaded(GetParam());
  const Layers structure = Layers::from_graph(model.model->graph());
  int compared = 0;
  for (const Node& node : model.model->graph().nodes()) {
    const Layers named = Layers::from_names({node.name()});
    const bool is_shared_mask = node.is("Equal");  // Computed once, whatever its name says.
    if (named.empty() || is_shared_mask) continue;
    ++compared;
    EXPECT_EQ(structure.of(node.name()), named.of(node.name())) << node.name();
  }
  EXPECT_GT(compared, 50);
}

INSTANTIATE_TEST_SUITE_P(Models, StructureAndNames,
                         testing::Values("bert-t26-legacy-sdpa-op14.onnx",
                                         "bert-t21-legacy-eager-op13.onnx",
                                         "gpt2-t21-legacy-eager-op13.onnx",
                                         "distilbert-t21-legacy-eager-op11.onnx"),
                         [](const auto& test) { return spelled(test.param); });

}  // namespace
}  // namespace ortopt
