#include "ortopt/report/description.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "ortopt/base/terminal_text.h"
#include "ortopt/ir/text.h"
#include "ortopt/report/operators.h"
#include "ortopt/report/provenance.h"
#include "report/units.h"

namespace ortopt {
namespace {

std::string to_text(const DeclaredDim& dim) {
  if (dim.size) return std::to_string(*dim.size);
  return dim.symbol.empty() ? "?" : dim.symbol;
}

std::string describe_type(const Value& value) {
  if (value.declared_type() == DataType::undefined) {
    const std::string type = declared_type_text(value);  // A sequence, say.
    return type.empty() ? "of unknown type" : type;
  }
  std::string dims = "of unknown rank";
  if (const std::optional<DeclaredShape> shape = value.declared_shape()) {
    dims.clear();
    for (const DeclaredDim& dim : *shape) dims += (dims.empty() ? "" : ", ") + to_text(dim);
    dims = "[" + dims + "]";
  }
  return name_of(value.declared_type()) + " " + dims;
}

std::string signature_line(const Value& value) {
  return "  " + printable(value.name() + ": " + describe_type(value)) + "\n";
}

std::string describe_opsets(const Model& model, const OperatorCounts& counts) {
  std::set<std::string> domains = {""};
  for (const auto& [op, count] : counts) {
    const std::size_t dot = op.rfind('.');
    if (dot != std::string::npos) domains.insert(op.substr(0, dot));
  }
  std::string out;
  for (const std::string& domain : domains) {
    const std::optional<Opset> opset = model.opset(domain);
    if (!opset) continue;
    if (!out.empty()) out += ", ";
    out += fmt::format("{} {}", domain.empty() ? "ai.onnx" : domain, opset->version);
  }
  return out;
}

std::string describe_operators(const OperatorCounts& counts) {
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string out;
  for (const auto& [op, count] : sorted) out += fmt::format("{:7} x {}\n", count, printable(op));
  return out;
}

std::string describe_forms(const OperatorCounts& counts) {
  std::string out;
  for (const std::string_view form : form_names())
    if (const std::size_t count = count_form(counts, form); count > 0)
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, form);
  return out.empty() ? "none" : out;
}

/// One line a fact; what is no JSON of ours is shown as it is.
std::string describe_provenance(const std::string& text) {
  const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
  if (!json.is_object()) return "  " + printable(text) + "\n";
  std::string out;
  for (const auto& [key, value] : json.items()) {
    const bool is_text = value.is_string();
    const std::string fact = is_text ? value.get<std::string>() : value.dump();
    out.append("  ").append(printable(key + ": " + fact)).append("\n");
  }
  return out;
}

}  // namespace

std::string to_description(const LoadedModel& loaded) {
  const Model& model = *loaded.model;
  const SourceFacts& source = loaded.source;
  const OperatorCounts counts = count_operators(model);
  std::size_t nodes = 0;
  for (const auto& [op, count] : counts) nodes += count;

  std::string out = fmt::format(
      "{}\n  {}, weights {}{}\n  IR {}, opset {}\n  fingerprint {}\n",
      printable(source.path.string()), format_bytes(source.file_bytes),
      format_bytes(source.weight_bytes), source.has_external_data ? " (external data)" : "",
      model.ir_version(), printable(describe_opsets(model, counts)), source.fingerprint);
  if (const std::string producer = model.producer(); !producer.empty())
    out += "  made by " + printable(producer) + "\n";
  out += "\nInputs\n";
  for (const Value* value : model.graph().inputs()) out += signature_line(*value);
  out += "\nOutputs\n";
  for (const Value* value : model.graph().outputs()) out += signature_line(*value);
  out += fmt::format("\nOperators ({} nodes; fused forms: {})\n", nodes, describe_forms(counts));
  out += describe_operators(counts);
  for (const auto& [key, value] : model.metadata()) {
    if (key == provenance_key)
      out += "\nProvenance\n" + describe_provenance(value);
    else
      out += fmt::format("\nMetadata {}\n  {}\n", printable(key), printable(value));
  }
  if (!model.notes().empty()) out += "\nNotes\n";
  for (const std::string& note : model.notes()) out += "  " + printable(note) + "\n";
  return out;
}

}  // namespace ortopt
