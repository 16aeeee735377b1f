#include "tests/support/layered_transformer.h"

#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace ortopt::test_support {
namespace {

constexpr int64_t width = 16;
constexpr int64_t heads = 2;
constexpr int64_t words = 64;

class Builder {
 public:
  explicit Builder(const Planted& planted) : planted_(planted) {
    model_->set_ir_version(8);
    model_->set_opset("", {17});
  }

  std::unique_ptr<Model> build() {
    Value* x = &node("Gather", {&weights("embedding", {words, width}, 1), &input("ids")});
    Value& mask = planted_.takes_bias ? bias_input() : mask_of(input("mask"));
    for (int layer = 0; layer < layers_of_transformer; ++layer) {
      prefix_ = "layer." + std::to_string(layer) + "/";
      x = &norm(node("Add", {&attention(*x, mask), x}), "norm1");
      x = &norm(node("Add", {&feed_forward(*x, layer), x}), "norm2");
    }
    graph_.add_output(*x);
    graph_.rename(*x, "y");
    x->declare(DataType::float32, DeclaredShape{{{}, "batch"}, {{}, "sequence"}, {width, ""}});
    return std::move(model_);
  }

 private:
  Value& node(const std::string& op, std::vector<Value*> inputs, Attributes attributes = {}) {
    const std::string name = prefix_ + op + std::to_string(++count_);
    return *graph_
                .insert({.op = op,
                         .inputs = std::move(inputs),
                         .outputs = {name + "_out"},
                         .attributes = std::move(attributes),
                         .name = name})
                .output();
  }

  Value& input(const std::string& name) {
    Value& made = graph_.add_input(name);
    made.declare(DataType::int64, DeclaredShape{{{}, "batch"}, {{}, "sequence"}});
    return made;
  }

  Value& bias_input() {
    Value& made = graph_.add_input("bias");
    made.declare(DataType::float32,
                 DeclaredShape{{{}, "batch"}, {1, ""}, {1, ""}, {{}, "sequence"}});
    return made;
  }

  Value& weights(const std::string& name, const std::vector<int64_t>& dims, double deviation) {
    std::normal_distribution<double> normal(0, deviation);
    int64_t count = 1;
    for (const int64_t dim : dims) count *= dim;
    std::vector<double> numbers(static_cast<std::size_t>(count));
    for (double& number : numbers) number = normal(random_);
    return graph_.add_initializer(prefix_ + name, Tensor::of(DataType::float32, dims, numbers));
  }

  Value& number(double number) {
    return graph_.add_initializer("number", Tensor::scalar(DataType::float32, number));
  }

  Value& integers(const std::vector<int64_t>& numbers) {
    return graph_.add_initializer("integers", Tensor::of_int64s(numbers));
  }

  Value& mask_of(Value& mask) {
    Value& seen =
        node("Unsqueeze", {&node("Cast", {&mask}, {{"to", int64_t{1}}}), &integers({1, 2})});
    return node("Mul", {&node("Sub", {&number(1), &seen}), &number(planted_.mask_fill)});
  }

  Value& linear(Value& x, const std::string& name, int64_t in, int64_t out, double scale = 1) {
    const double deviation = scale / std::sqrt(static_cast<double>(in));
    Value& product = node("MatMul", {&x, &weights(name + ".weight", {in, out}, deviation)});
    return node("Add", {&weights(name + ".bias", {out}, 0.1), &product});
  }

  Value& split(Value& x, const std::vector<int64_t>& perm) {
    Value& parts = node("Reshape", {&x, &integers({0, 0, heads, width / heads})});
    return node("Transpose", {&parts}, {{"perm", perm}});
  }

  Value& attention(Value& x, Value& mask) {
    Value& query = split(linear(x, "query", width, width), {0, 2, 1, 3});
    Value& key = split(linear(x, "key", width, width), {0, 2, 3, 1});
    Value& value = split(linear(x, "value", width, width), {0, 2, 1, 3});
    const double scale = 1 / std::sqrt(static_cast<double>(width / heads));
    Value& scores = node("Mul", {&node("MatMul", {&query, &key}), &number(scale)});
    Value& weights = node("Softmax", {&node("Add", {&scores, &mask})}, {{"axis", int64_t{-1}}});
    Value& context = node("Transpose", {&node("MatMul", {&weights, &value})},
                          {{"perm", std::vector<int64_t>{0, 2, 1, 3}}});
    return linear(node("Reshape", {&context, &integers({0, 0, width})}), "output", width, width);
  }

  Value& feed_forward(Value& x, int layer) {
    Value& wide = linear(x, "up", width, 2 * width);
    Value& erf = node("Erf", {&node("Div", {&wide, &number(std::sqrt(2.0))})});
    Value& gelu =
        node("Mul", {&node("Mul", {&wide, &node("Add", {&erf, &number(1)})}), &number(0.5)});
    const double scale = planted_.outlier_layer == layer ? 1e5 : 1;
    Value& result = linear(gelu, "down", 2 * width, width, scale);
    if (planted_.cancelling_layer != layer) return result;
    std::vector<int64_t> backwards;
    for (int64_t k = width; k > 0; --k) backwards.push_back(k - 1);
    Value& order = integers(backwards);
    const auto turned = [&](Value& of) -> Value& {
      return node("Gather", {&of, &order}, {{"axis", int64_t{2}}});
    };
    Value& large = turned(node("Add", {&result, &number(3000)}));
    return turned(node("Sub", {&large, &number(3001)}));
  }

  Value& norm(Value& x, const std::string& name) {
    Value& scale = weights(name + ".weight", {width}, 1);
    Value& shift = weights(name + ".bias", {width}, 0.1);
    if (!planted_.norms_in_pieces)
      return node("LayerNormalization", {&x, &scale, &shift},
                  {{"epsilon", static_cast<float>(planted_.epsilon)}});
    const Attributes last_axis = {{"axes", std::vector<int64_t>{-1}}};
    Value& centred = node("Sub", {&x, &node("ReduceMean", {&x}, last_axis)});
    Value& variance = node("ReduceMean", {&node("Pow", {&centred, &number(2)})}, last_axis);
    Value& deviation = node("Sqrt", {&node("Add", {&variance, &number(planted_.epsilon)})});
    Value& normed = node("Div", {&centred, &deviation});
    return node("Add", {&node("Mul", {&normed, &scale}), &shift});
  }

  Planted planted_;
  std::unique_ptr<Model> model_ = std::make_unique<Model>();
  Graph& graph_ = model_->reset_graph("layered_transformer");
  std::string prefix_;
  int count_ = 0;
  std::mt19937 random_{1};
};

}  // namespace

std::unique_ptr<Model> make_layered_transformer(const Planted& planted) {
  return Builder(planted).build();
}

}  // namespace ortopt::test_support
