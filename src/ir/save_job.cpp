#include "ir/save_job.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "ir/tensor_proto.h"
#include "ir/wire.h"
#include "ortopt/ir/recipe.h"

namespace ortopt {
namespace {

void add_entry(onnx::TensorProto& message, const std::string& key, const std::string& value) {
  onnx::StringStringEntryProto& entry = *message.add_external_data();
  entry.set_key(key);
  entry.set_value(value);
  message.set_data_location(onnx::TensorProto::EXTERNAL);
}

}  // namespace

Result<void> SaveJob::take(const Model& model) {
  std::vector<PlacedTensor> placed;
  model_to_proto(model, message_, placed);
  for (PlacedTensor& tensor : placed) {
    if (tensor.content.byte_size() >= streamed_bytes) {
      streamed_.push_back(std::move(tensor));
      continue;
    }
    const Result<Tensor::Bytes> bytes = tensor.content.bytes();
    if (!bytes) return pass_on(bytes.error());
    tensor.message->set_raw_data((*bytes)->data(), (*bytes)->size());
  }
  return {};
}

void SaveJob::place_inline(std::size_t index) {
  onnx::TensorProto& message = *streamed_[index].message;
  message.clear_external_data();
  add_entry(message, extent_key, std::to_string(index));
}

void SaveJob::place_external(std::size_t index, const std::string& location, uint64_t offset) {
  onnx::TensorProto& message = *streamed_[index].message;
  message.clear_external_data();
  add_entry(message, "location", location);
  add_entry(message, "offset", std::to_string(offset));
  add_entry(message, "length", std::to_string(streamed_[index].content.byte_size()));
}

Result<WirePlan> SaveJob::plan() const {
  std::vector<uint64_t> sizes;
  for (const PlacedTensor& tensor : streamed_) sizes.push_back(tensor.content.byte_size());
  WirePlan plan = plan_model(message_.SerializeAsString(), sizes);
  if (plan.size > message_size_limit)
    return fail(Code::failure, "the model file would have " + std::to_string(plan.size) +
                                   " bytes, but a protobuf file holds at most " +
                                   std::to_string(message_size_limit) +
                                   ": weights must go to external data");
  return plan;
}

Result<OutputFile> SaveJob::create(const std::filesystem::path& path) {
  OutputFile::Progress progress;
  if (options_.progress)
    progress = [this](uint64_t bytes) {
      // The model file may be written twice, see src/ir/save_external.cpp.
      written_ = std::min(written_ + bytes, expected_);
      options_.progress(written_, expected_);
    };
  return OutputFile::create(path, std::move(progress));
}

Result<void> SaveJob::write(const WirePlan& plan, OutputFile& file) const {
  std::unordered_map<std::string, uint64_t> recipes;  // Where each was written.
  for (const WirePlan::Piece& piece : plan.pieces) {
    if (Result<void> done = file.write(piece.literal); !done) return done;
    if (!piece.content) continue;
    const Tensor& tensor = streamed_[*piece.content].content;
    Result<void> done;
    if (std::holds_alternative<std::shared_ptr<const Recipe>>(tensor.content())) {
      const auto [at, is_new] = recipes.try_emplace(bytes_key(tensor), file.position());
      done = is_new ? file.write(tensor) : file.repeat(at->second, tensor.byte_size());
    } else {
      done = file.write(tensor);
    }
    if (!done) return done;
  }
  ensure(file.position() == plan.size, "a file is as long as planned");
  return {};
}

}  // namespace ortopt
