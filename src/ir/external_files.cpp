#include "ir/external_files.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "ir/tensor_proto.h"

namespace ortopt {
namespace {

namespace fs = std::filesystem;

/// What the external_data entries of a tensor say.
struct Reference {
  std::string location;
  uint64_t offset = 0;
  std::optional<uint64_t> length;
};

std::optional<uint64_t> parse_number(const std::string& text) {
  uint64_t number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, problem] = std::from_chars(text.data(), last, number);
  if (problem != std::errc() || end != last || text.empty()) return std::nullopt;
  return number;
}

Result<Reference> reference_of(const onnx::TensorProto& message) {
  Reference out;
  for (const onnx::StringStringEntryProto& entry : message.external_data()) {
    if (entry.key() == "location") {
      out.location = entry.value();
    } else if (entry.key() == "offset" || entry.key() == "length") {
      const std::optional<uint64_t> number = parse_number(entry.value());
      if (!number)
        return fail(Code::bad_model, "its external data has the " + entry.key() + " '" +
                                         entry.value() + "', which is no number");
      if (entry.key() == "offset")
        out.offset = *number;
      else
        out.length = number;
    }
  }
  if (out.location.empty()) return fail(Code::bad_model, "its external data names no file");
  return out;
}

bool lies_in(const fs::path& file, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first ==
         folder.end();
}

/// The folder of `path`, links resolved.
fs::path real_folder(const fs::path& path) {
  std::error_code problem;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  return fs::canonical(folder, problem);
}

}  // namespace

ExternalFiles::ExternalFiles(const fs::path& model, const LoadOptions& options)
    : model_(model), options_(options) {}

Result<void> ExternalFiles::check_inside(const std::string& location) const {
  const fs::path relative(location);
  const auto refuse = [&](const std::string& why) {
    return fail(Code::bad_model, "its external data '" + location + "' " + why +
                                     " the model's folder, which needs --allow-outside-data");
  };
  if (relative.is_absolute()) return refuse("is an absolute path and may lie outside");
  if (std::ranges::find(relative, fs::path("..")) != relative.end())
    return refuse("goes up with '..' and may leave");
  std::error_code problem;
  const fs::path real = fs::canonical(model_.parent_path() / relative, problem);
  if (problem) return {};  // Missing: opening it says so better.
  // A linked model may have its data beside the link or beside the file that the link leads to.
  const fs::path real_model = fs::canonical(model_, problem);
  if (lies_in(real, real_folder(model_)) || lies_in(real, real_folder(real_model))) return {};
  return refuse("is a link that leaves");
}

Result<std::shared_ptr<const FileHandle>> ExternalFiles::open(const std::string& location) {
  if (const auto known = files_.find(location); known != files_.end()) return known->second;
  if (!options_.allow_outside_data)
    if (Result<void> inside = check_inside(location); !inside)
      return pass_on(std::move(inside).error());
  const fs::path path = model_.parent_path() / location;
  std::error_code problem;
  if (!fs::exists(path, problem))
    return fail(Code::bad_model, "its external data file '" + path.string() + "' is missing");
  Result<std::shared_ptr<const FileHandle>> file = FileHandle::open(path);
  if (file) files_.emplace(location, *file);
  return file;
}

std::vector<fs::path> ExternalFiles::paths() const {
  std::vector<fs::path> out;
  for (const auto& [location, file] : files_) out.push_back(file->path());
  return out;
}

Result<FileExtent> ExternalFiles::resolve(const onnx::TensorProto& message) {
  Result<Reference> reference = reference_of(message);
  if (!reference) return pass_on(std::move(reference).error());
  const std::optional<uint64_t> expected = expected_bytes(message);
  if (!expected) return fail(Code::bad_model, "its dimensions are impossible");
  Result<std::shared_ptr<const FileHandle>> file = open(reference->location);
  if (!file) return pass_on(std::move(file).error());
  const uint64_t length = reference->length.value_or(*expected);
  if (*expected != 0 && length != *expected)
    return fail(Code::bad_model, "its type and dimensions need " + std::to_string(*expected) +
                                     " bytes, but its external data has " + std::to_string(length));
  const uint64_t size = (*file)->size();
  if (reference->offset > size || length > size - reference->offset)
    return fail(Code::bad_model, "its external data is " + std::to_string(length) +
                                     " bytes from byte " + std::to_string(reference->offset) +
                                     " of '" + reference->location + "', which has only " +
                                     std::to_string(size));
  return FileExtent{*std::move(file), reference->offset, length};
}

}  // namespace ortopt
