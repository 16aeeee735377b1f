#include "compare/probe.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "ortopt/ir/load.h"
#include "ortopt/ir/save.h"

namespace ortopt {
namespace {

/// The nodes that read `value` read an input of the model instead.
Result<std::string> replace_by_input(Graph& graph, const NamedTensor& value) {
  Value* const old = graph.find(value.name);
  if (old == nullptr) return fail(Code::failure, "the model has no value '" + value.name + "'");
  Value& input = graph.add_input(graph.unique_name(value.name + "_replaced"));
  DeclaredShape shape;
  for (const int64_t size : value.tensor.dims()) shape.push_back({size, ""});
  input.declare(value.tensor.dtype(), shape);
  graph.replace_uses(*old, input);
  return input.name();
}

/// Removes the files that it is told of.
class Files {
 public:
  explicit Files(std::filesystem::path model) : model_(std::move(model)) {}
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  ~Files() {
    std::error_code ignored;
    std::filesystem::remove(model_, ignored);
    std::filesystem::remove(model_.string() + ".data", ignored);
  }
  [[nodiscard]] const std::filesystem::path& model() const { return model_; }

 private:
  std::filesystem::path model_;
};

}  // namespace

Probe::Probe(Engine& engine, std::filesystem::path model, SessionOptions options,
             std::filesystem::path folder)
    : engine_(engine),
      model_(std::move(model)),
      options_(std::move(options)),
      folder_(std::move(folder)) {}

Result<std::vector<Tensor>> Probe::run(const std::vector<NamedTensor>& feeds,
                                       const std::vector<std::string>& values,
                                       const std::vector<NamedTensor>& replaced) {
  Result<LoadedModel> loaded = load(model_, {.allow_outside_data = true, .inline_functions = true});
  if (!loaded) return pass_on(loaded.error());
  Graph& graph = loaded->model->graph();
  for (const std::string& name : values) {
    Value* const value = graph.find(name);
    if (value == nullptr) return fail(Code::failure, "the model has no value '" + name + "'");
    if (!value->is_graph_output()) graph.add_output(*value);
  }
  std::vector<NamedTensor> all_feeds = feeds;
  for (const NamedTensor& value : replaced) {
    Result<std::string> input = replace_by_input(graph, value);
    if (!input) return pass_on(input.error());
    all_feeds.push_back({*std::move(input), value.tensor});
  }
  const Files files(folder_ / "probe.onnx");
  if (Result<SaveReport> saved =
          save(*loaded->model, files.model(),
               {.source_had_external_data = loaded->source.has_external_data});
      !saved)
    return pass_on(saved.error());
  Result<std::unique_ptr<Session>> session = engine_.open(files.model(), options_);
  if (!session) return pass_on(session.error());
  const Result<std::vector<NamedTensor>> outputs = (*session)->run(all_feeds);
  if (!outputs) return pass_on(outputs.error());
  std::vector<Tensor> out;
  for (const std::string& name : values) {
    const auto found = std::ranges::find(*outputs, name, &NamedTensor::name);
    if (found == outputs->end()) return fail(Code::failure, "the runtime gives no '" + name + "'");
    out.push_back(found->tensor);
  }
  return out;
}

}  // namespace ortopt
