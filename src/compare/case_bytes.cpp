#include "compare/case_bytes.h"

#include <cstring>
#include <utility>

namespace ortopt {
namespace {

using Json = nlohmann::ordered_json;

Result<Json> json_of(const std::vector<NamedTensor>& tensors) {
  Json out = Json::array();
  for (const NamedTensor& each : tensors) {
    if (each.tensor.dtype() == DataType::string)
      return fail(Code::failure, "'" + each.name + "' holds text, which cannot be kept");
    const Result<Tensor::Bytes> bytes = each.tensor.bytes();
    if (!bytes) return pass_on(bytes.error());
    std::vector<uint8_t> content((*bytes)->size());
    if (!content.empty()) std::memcpy(content.data(), (*bytes)->data(), content.size());
    out.push_back({each.name, static_cast<int>(each.tensor.dtype()), each.tensor.dims(),
                   Json::binary(std::move(content))});
  }
  return out;
}

std::vector<NamedTensor> tensors_from(const Json& json) {
  std::vector<NamedTensor> out;
  for (const Json& each : json) {
    const auto& content = each[3].get_binary();
    auto bytes = std::make_shared<std::vector<std::byte>>(content.size());
    if (!content.empty()) std::memcpy(bytes->data(), content.data(), content.size());
    out.push_back({each[0].get<std::string>(),
                   Tensor(static_cast<DataType>(each[1].get<int>()),
                          each[2].get<std::vector<int64_t>>(), Tensor::Bytes(std::move(bytes)))});
  }
  return out;
}

Json json_of(const InputCase& inputs) {
  const InputSizes& sizes = inputs.sizes;
  return {{sizes.batch, sizes.sequence, sizes.past, sizes.total, sizes.encoder, sizes.extent},
          static_cast<int>(inputs.padding),
          inputs.flags,
          inputs.lengths,
          inputs.global_places};
}

InputCase input_case_from(const Json& json) {
  const auto sizes = json[0].get<std::vector<int64_t>>();
  return {.sizes = {sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5]},
          .padding = static_cast<Padding>(json[1].get<int>()),
          .flags = json[2].get<bool>(),
          .lengths = json[3].get<std::vector<int64_t>>(),
          .global_places = json[4].get<int64_t>()};
}

}  // namespace

Result<Json> json_of(const CaseRun& run) {
  Result<Json> feeds = json_of(run.feeds);
  if (!feeds) return feeds;
  Result<Json> outputs = json_of(run.outputs);
  if (!outputs) return outputs;
  return Json{json_of(run.inputs), run.name, *std::move(feeds), *std::move(outputs)};
}

CaseRun case_run_from(const Json& json) {
  return {input_case_from(json[0]), json[1].get<std::string>(), tensors_from(json[2]),
          tensors_from(json[3])};
}

}  // namespace ortopt
