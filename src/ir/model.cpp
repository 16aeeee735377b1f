#include "ortopt/ir/model.h"

#include <onnx/onnx_pb.h>

#include <utility>

namespace ortopt {
namespace {

bool same_domain(std::string_view a, std::string_view b) {
  if (a == "ai.onnx") a = "";
  if (b == "ai.onnx") b = "";
  return a == b;
}

}  // namespace

Model::Model() : shell_(std::make_unique<onnx::ModelProto>()) {
  graph_ = std::make_unique<Graph>(*this, nullptr, "graph");
}

Model::~Model() = default;

Graph& Model::reset_graph(std::string name) {
  graph_ = std::make_unique<Graph>(*this, nullptr, std::move(name));
  return *graph_;
}

int64_t Model::ir_version() const { return shell_->ir_version(); }

std::string Model::producer() const {
  const std::string& version = shell_->producer_version();
  return shell_->producer_name() + (version.empty() ? "" : " " + version);
}
void Model::set_ir_version(int64_t version) { shell_->set_ir_version(version); }

std::optional<Opset> Model::opset(std::string_view domain) const {
  for (const auto& import : shell_->opset_import())
    if (same_domain(import.domain(), domain)) return Opset{import.version()};
  return std::nullopt;
}

void Model::set_opset(const std::string& domain, Opset opset) {
  for (auto& import : *shell_->mutable_opset_import()) {
    if (!same_domain(import.domain(), domain)) continue;
    import.set_version(opset.version);
    return;
  }
  auto& import = *shell_->add_opset_import();
  import.set_domain(domain);
  import.set_version(opset.version);
}

std::vector<std::pair<std::string, std::string>> Model::metadata() const {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const auto& entry : shell_->metadata_props())
    entries.emplace_back(entry.key(), entry.value());
  return entries;
}

void Model::set_metadata(const std::string& key, const std::string& value) {
  for (auto& entry : *shell_->mutable_metadata_props()) {
    if (entry.key() != key) continue;
    entry.set_value(value);
    return;
  }
  auto& entry = *shell_->add_metadata_props();
  entry.set_key(key);
  entry.set_value(value);
}

}  // namespace ortopt
