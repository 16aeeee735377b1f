#include "ir/hiding_names.h"

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "ir/quoted.h"

namespace ortopt {
namespace {

std::vector<Value*> values_of(const Graph& graph) {
  std::vector<Value*> values(graph.inputs().begin(), graph.inputs().end());
  values.insert(values.end(), graph.initializers().begin(), graph.initializers().end());
  for (const auto& sparse : graph.remainder().sparse_initializer())
    if (Value* value = graph.find(sparse.values().name())) values.push_back(value);
  for (const Node& node : graph.nodes())
    for (Value* value : node.outputs())
      if (value != nullptr) values.push_back(value);
  return values;
}

}  // namespace

void rename_hiding_values(Model& model) {
  for_each_graph(model.graph(), [&](Graph& graph) {
    const Graph* outside = graph.parent();
    if (outside == nullptr) return;
    for (Value* value : values_of(graph)) {
      const std::string name = value->name();
      if (outside->resolve(name) == nullptr) continue;
      graph.rename(*value, graph.unique_name(name));
      model.notes().push_back("the name " + quoted(name) + " in nested graph " +
                              quoted(graph.name()) + " hides a value outside: renamed " +
                              quoted(value->name()));
    }
  });
}

}  // namespace ortopt
