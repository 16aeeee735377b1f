#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/ir/graph.h"
#include "ortopt/ir/type.h"

namespace onnx {
class ModelProto;
}

namespace ortopt {

/// A model in memory: the main graph and everything around it. Weights stay in the files they came
/// from.
class Model {
 public:
  Model();
  ~Model();
  Model(Model&&) = delete;

  [[nodiscard]] Graph& graph() { return *graph_; }
  [[nodiscard]] const Graph& graph() const { return *graph_; }
  /// Drops the graph and starts an empty one.
  Graph& reset_graph(std::string name);

  [[nodiscard]] int64_t ir_version() const;
  /// Says by which version of the format the file is to be read; converts nothing.
  void set_ir_version(int64_t version);
  /// Who made the file: "pytorch 2.1.0"; "" when it does not say.
  [[nodiscard]] std::string producer() const;
  /// The imported version of `domain` ("" is ONNX's own), or nothing.
  [[nodiscard]] std::optional<Opset> opset(std::string_view domain = "") const;
  /// Imports `domain` in this version, instead of another one if there is; converts no node.
  void set_opset(const std::string& domain, Opset opset);
  /// metadata_props, in the file's order.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> metadata() const;
  /// Replaces the entry `key`, or appends one.
  void set_metadata(const std::string& key, const std::string& value);

  /// The file's message without graph content; functions that could not be inlined stay here. For
  /// the adapters in ir/ only.
  [[nodiscard]] const onnx::ModelProto& shell() const { return *shell_; }
  [[nodiscard]] onnx::ModelProto& mutable_shell() { return *shell_; }

  /// The extents that placeholders in attribute messages refer to by index (src/ir/tensor_proto.h).
  [[nodiscard]] std::vector<FileExtent>& extents() { return extents_; }
  [[nodiscard]] const std::vector<FileExtent>& extents() const { return extents_; }

  /// What loading had to mend or take for granted, a sentence each ("nodes were not in topological
  /// order: sorted").
  [[nodiscard]] std::vector<std::string>& notes() { return notes_; }
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  std::unique_ptr<onnx::ModelProto> shell_;
  std::unique_ptr<Graph> graph_;
  std::vector<FileExtent> extents_;
  std::vector<std::string> notes_;
};

}  // namespace ortopt
