#include <onnx/onnx_pb.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <optional>
#include <utility>

#include "ir/tensor_proto.h"
#include "ortopt/engine/input_files.h"

namespace ortopt {
namespace {

namespace fs = std::filesystem;

/// The number in "<start>12<ending>", or nothing.
std::optional<int64_t> number_in(std::string_view name, std::string_view start,
                                 std::string_view ending) {
  if (!name.starts_with(start) || !name.ends_with(ending) ||
      name.size() <= start.size() + ending.size())
    return std::nullopt;
  name.remove_prefix(start.size());
  name.remove_suffix(ending.size());
  int64_t number = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (problem != std::errc() || end != name.data() + name.size() || number < 0) return std::nullopt;
  return number;
}

/// Entries of a folder by their number.
std::map<int64_t, fs::path> numbered(const fs::path& folder, std::string_view start,
                                     std::string_view ending) {
  std::map<int64_t, fs::path> out;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (const auto number = number_in(at->path().filename().string(), start, ending))
      out.emplace(*number, at->path());
  return out;
}

Result<NamedTensor> read_tensor(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(Code::failure, "'" + file.string() + "' cannot be read");
  onnx::TensorProto message;
  if (!message.ParseFromIstream(&stream))
    return fail(Code::usage, "'" + file.string() + "' holds no ONNX tensor");
  Result<Tensor> tensor = tensor_from_proto(message, {});
  if (!tensor)
    return within({Code::usage, tensor.error().message, tensor.error().context},
                  "while reading '" + file.string() + "'");
  return NamedTensor{message.name(), std::move(*tensor)};
}

Result<std::vector<NamedTensor>> read_tensors(const fs::path& folder, std::string_view start) {
  std::vector<NamedTensor> out;
  for (const auto& [number, file] : numbered(folder, start, ".pb")) {
    if (number != static_cast<int64_t>(out.size()))
      return fail(Code::usage,
                  "'" + (folder / start).string() + std::to_string(out.size()) + ".pb' is missing");
    Result<NamedTensor> tensor = read_tensor(file);
    if (!tensor) return pass_on(tensor.error());
    out.push_back(std::move(*tensor));
  }
  return out;
}

Result<void> write_tensors(const fs::path& folder, const std::string& start,
                           const std::vector<NamedTensor>& tensors) {
  for (const auto& [number, file] : numbered(folder, start, ".pb")) {
    std::error_code ignored;
    fs::remove(file, ignored);
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    constexpr uint64_t most = 2'000'000'000;
    if (tensors[i].tensor.byte_size() > most)
      return fail(Code::usage, "tensor '" + tensors[i].name + "' is too large for test data");
    onnx::TensorProto message;
    tensor_to_proto(tensors[i].tensor, tensors[i].name, message);
    const fs::path file = folder / (start + std::to_string(i) + ".pb");
    std::ofstream stream(file, std::ios::binary);
    if (!message.SerializeToOstream(&stream) || !stream.flush())
      return fail(Code::failure, "'" + file.string() + "' cannot be written");
  }
  return {};
}

bool is_test_data(const fs::path& folder) { return !numbered(folder, "input_", ".pb").empty(); }

bool is_archive(const fs::path& file) { return file.extension() == ".npz"; }

std::vector<fs::path> samples_in(const fs::path& folder) {
  std::vector<fs::path> out;
  for (const auto& [number, set] : numbered(folder, "test_data_set_", ""))
    if (is_test_data(set)) out.push_back(set);
  std::vector<fs::path> archives;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (is_archive(at->path())) archives.push_back(at->path());
  std::ranges::sort(archives);
  out.insert(out.end(), archives.begin(), archives.end());
  return out;
}

}  // namespace

Result<TestData> read_test_data(const fs::path& folder) {
  Result<std::vector<NamedTensor>> inputs = read_tensors(folder, "input_");
  if (!inputs) return pass_on(inputs.error());
  if (inputs->empty()) return fail(Code::usage, "'" + folder.string() + "' holds no input_0.pb");
  Result<std::vector<NamedTensor>> outputs = read_tensors(folder, "output_");
  if (!outputs) return pass_on(outputs.error());
  return TestData{std::move(*inputs), std::move(*outputs)};
}

Result<void> write_test_data(const fs::path& folder, const TestData& data) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return fail(Code::failure,
                "folder '" + folder.string() + "' cannot be made: " + error.message());
  if (Result<void> done = write_tensors(folder, "input_", data.inputs); !done) return done;
  return write_tensors(folder, "output_", data.outputs);
}

Result<std::vector<fs::path>> find_samples(const fs::path& place) {
  std::error_code error;
  if (!fs::exists(place, error))
    return fail(Code::failure, "'" + place.string() + "' is not there");
  if (!fs::is_directory(place, error)) {
    if (is_archive(place)) return std::vector{place};
    return fail(Code::usage, "'" + place.string() + "' is neither an .npz file nor a folder");
  }
  if (is_test_data(place)) return std::vector{place};
  std::vector<fs::path> found = samples_in(place);
  if (found.empty())
    return fail(
        Code::usage,
        "'" + place.string() + "' holds no input_0.pb, no test_data_set_* folder and no .npz file");
  return found;
}

Result<std::vector<NamedTensor>> read_sample(const fs::path& sample) {
  std::error_code error;
  if (!fs::is_directory(sample, error)) return read_npz(sample);
  Result<TestData> data = read_test_data(sample);
  if (!data) return pass_on(data.error());
  return std::move(data->inputs);
}

}  // namespace ortopt
