#include "ortopt/ir/load.h"

#include <google/protobuf/io/coded_stream.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "ir/digest.h"
#include "ir/external_files.h"
#include "ir/from_proto.h"
#include "ir/inline_functions.h"
#include "ir/wire_scan.h"
#include "ortopt/ir/file_handle.h"

namespace ortopt {
namespace {

/// What a file that is no ONNX model most likely is, or "" when it may be one.
std::string looks_like(std::string_view start) {
  if (start.empty()) return "is empty";
  if (start.starts_with("version https://git-lfs"))
    return "is a Git LFS pointer, not the model itself: fetch it with 'git lfs pull'";
  if (start.starts_with("PK\x03\x04")) return "is a zip archive, not an ONNX model";
  if (start.size() >= 8 && start.substr(4, 4) == "ORTM")
    return "is in ONNX Runtime's own format; the ONNX model that it was made from is needed";
  const bool is_text = std::ranges::all_of(start, [](char c) {
    return c == '\n' || c == '\r' || c == '\t' || static_cast<unsigned char>(c) >= 0x20;
  });
  return is_text ? "is a text file, not an ONNX model" : "";
}

Result<void> check_start(const FileHandle& file) {
  std::array<char, 256> start{};
  const auto size = static_cast<std::size_t>(std::min<uint64_t>(start.size(), file.size()));
  if (Result<void> done = file.read(0, std::as_writable_bytes(std::span(start).first(size))); !done)
    return done;
  const std::string what = looks_like({start.data(), size});
  if (what.empty()) return {};
  return fail(Code::bad_model, "'" + file.path().string() + "' " + what);
}

Result<onnx::ModelProto> parse(const std::string& bytes) {
  onnx::ModelProto message;
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  stream.SetTotalBytesLimit(std::numeric_limits<int>::max());
  if (!message.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage())
    return fail(Code::bad_model, "it is no ONNX model: its fields do not fit ONNX's definition");
  if (!message.has_graph())
    return fail(Code::bad_model, "it is no ONNX model, or cut off: there is no graph in it");
  if (!message.has_ir_version())
    return fail(Code::bad_model, "it is no ONNX model: it states no IR version");
  if (message.opset_import_size() == 0 && message.ir_version() >= 3)
    return fail(Code::bad_model, "it imports no operator set; the file may be cut off");
  return message;
}

/// The graph as it is in the file and, of every weight, size and a few bytes.
Result<std::string> fingerprint_of(const WeightlessModel& scanned) {
  XXH3_state_t* const state = XXH3_createState();
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> owner(state, XXH3_freeState);
  XXH3_128bits_reset(state);
  XXH3_128bits_update(state, scanned.message.data(), scanned.message.size());
  std::array<std::byte, 64> sample{};
  for (const FileExtent& extent : scanned.extents) {
    XXH3_128bits_update(state, &extent.length, sizeof(extent.length));
    constexpr uint64_t samples = 4;
    const uint64_t room = extent.length - std::min<uint64_t>(extent.length, sample.size());
    const std::span<std::byte> part =
        std::span(sample).first(static_cast<std::size_t>(extent.length - room));
    for (uint64_t i = 0; i <= samples; ++i) {
      const uint64_t offset = extent.offset + room / samples * i;
      if (Result<void> done = extent.file->read(offset, part); !done)
        return pass_on(std::move(done).error());
      XXH3_128bits_update(state, part.data(), part.size());
    }
  }
  return hexadecimal(XXH3_128bits_digest(state));
}

Result<LoadedModel> load_from(const std::shared_ptr<const FileHandle>& file,
                              const LoadOptions& options) {
  ExternalFiles external(file->path(), options);
  Result<WeightlessModel> scanned = scan_model(file, external);
  if (!scanned) return pass_on(std::move(scanned).error());
  Result<std::string> fingerprint = fingerprint_of(*scanned);
  if (!fingerprint) return pass_on(std::move(fingerprint).error());
  Result<onnx::ModelProto> message = parse(scanned->message);
  if (!message) return pass_on(std::move(message).error());
  std::string().swap(scanned->message);

  std::vector<std::string> notes;
  Inlining inlining = Inlining::done;
  if (options.inline_functions) {
    Result<Inlining> done = inline_functions(*message, notes);
    if (!done) return pass_on(std::move(done).error());
    inlining = *done;
  }
  Result<std::unique_ptr<Model>> model =
      model_from_proto(*std::move(message), std::move(scanned->extents));
  if (!model) return pass_on(std::move(model).error());
  (*model)->notes().insert((*model)->notes().begin(), notes.begin(), notes.end());
  return LoadedModel{*std::move(model),
                     {file->path(), file->size(), scanned->content_bytes, external.used(),
                      *std::move(fingerprint), external.paths(), inlining == Inlining::unbounded}};
}

}  // namespace

Result<LoadedModel> load(const std::filesystem::path& path, const LoadOptions& options) {
  Result<std::shared_ptr<const FileHandle>> file = FileHandle::open(path);
  if (!file) return pass_on(std::move(file).error());
  if (Result<void> done = check_start(**file); !done) return pass_on(std::move(done).error());
  Result<LoadedModel> loaded = load_from(*file, options);
  if (!loaded) return within(std::move(loaded).error(), "while reading '" + path.string() + "'");
  return loaded;
}

}  // namespace ortopt
