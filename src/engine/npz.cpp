#include <zip.h>

#include <memory>
#include <string>
#include <utility>

#include "engine/npy.h"
#include "ortopt/engine/input_files.h"

namespace ortopt {
namespace {

constexpr std::string_view ending = ".npy";

/// Reading only: dropped without a trace.
using Archive = std::unique_ptr<zip_t, decltype([](zip_t* archive) { zip_discard(archive); })>;
using Member = std::unique_ptr<zip_file_t, decltype([](zip_file_t* file) { zip_fclose(file); })>;

Failure cannot(const std::string& what, const std::string& why) {
  return fail(Code::failure, what + " cannot be used: " + why);
}

Result<Archive> open_archive(const std::filesystem::path& path, int flags) {
  int code = 0;
  Archive archive(zip_open(path.c_str(), flags, &code));
  if (archive != nullptr) return archive;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string why = zip_error_strerror(&error);
  zip_error_fini(&error);
  if (code == ZIP_ER_NOZIP || code == ZIP_ER_INCONS)
    return fail(Code::usage, "'" + path.string() + "' is no NumPy archive: " + why);
  return cannot("'" + path.string() + "'", why);
}

Result<void> read_exactly(zip_file_t* from, void* to, uint64_t count) {
  auto* at = static_cast<char*>(to);
  while (count > 0) {
    const zip_int64_t got = zip_fread(from, at, count);
    if (got < 0) return cannot("its content", zip_file_strerror(from));
    if (got == 0) return fail(Code::usage, "it ends too early");
    at += got;
    count -= static_cast<uint64_t>(got);
  }
  return {};
}

/// The header and, in `used`, the bytes up to its end.
Result<NpyHeader> read_header(zip_file_t* from, uint64_t& used) {
  std::string prefix(npy_prefix_size, '\0');
  if (Result<void> done = read_exactly(from, prefix.data(), prefix.size()); !done)
    return pass_on(done.error());
  const Result<NpyHeaderPlace> place = find_npy_header(prefix);
  if (!place) return pass_on(place.error());
  constexpr std::size_t most = 1 << 20;
  if (place->length > most || place->start + place->length < prefix.size())
    return fail(Code::usage, "its header is of an impossible length");
  std::string text = prefix.substr(place->start);
  const std::size_t begun = text.size();
  text.resize(place->length);
  if (Result<void> done = read_exactly(from, text.data() + begun, text.size() - begun); !done)
    return pass_on(done.error());
  used = place->start + place->length;
  return parse_npy_header(text);
}

Result<Tensor> read_array(zip_file_t* from, const zip_stat_t& member) {
  uint64_t used = 0;
  const Result<NpyHeader> header = read_header(from, used);
  if (!header) return pass_on(header.error());
  const Result<uint64_t> size = npy_content_size(*header);
  if (!size) return pass_on(size.error());
  // Before any memory is taken: no method packs tighter than this.
  constexpr uint64_t tightest = 1100;
  if (member.size < used || member.size - used != *size ||
      member.size / tightest > member.comp_size)
    return fail(Code::usage, "its size is not the one that its header announces");
  std::vector<std::byte> bytes(*size);
  if (Result<void> done = read_exactly(from, bytes.data(), *size); !done)
    return pass_on(done.error());
  return tensor_from_npy(*header, std::move(bytes));
}

Result<NamedTensor> read_member(zip_t* archive, zip_uint64_t index) {
  zip_stat_t status;
  zip_stat_init(&status);
  constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
  if (zip_stat_index(archive, index, 0, &status) != 0 || (status.valid & needed) != needed)
    return cannot("a member", zip_strerror(archive));
  std::string name = status.name;
  if (!name.ends_with(ending))
    return fail(Code::usage, "'" + name + "' in it is no array (" + std::string(ending) + ")");
  name.resize(name.size() - ending.size());
  const Member member(zip_fopen_index(archive, index, 0));
  if (member == nullptr) return cannot("array '" + name + "'", zip_strerror(archive));
  Result<Tensor> tensor = read_array(member.get(), status);
  if (!tensor) return within(tensor.error(), "while reading array '" + name + "'");
  return NamedTensor{std::move(name), std::move(*tensor)};
}

Result<void> add_member(zip_t* archive, const NamedTensor& tensor, const std::string& content) {
  const std::string name = tensor.name + std::string(ending);
  zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
  const zip_int64_t index =
      source == nullptr ? -1 : zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return cannot("array '" + tensor.name + "'", zip_strerror(archive));
  }
  if (zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0) != 0)
    return cannot("array '" + tensor.name + "'", zip_strerror(archive));
  return {};
}

}  // namespace

Result<std::vector<NamedTensor>> read_npz(const std::filesystem::path& file) {
  const Result<Archive> archive = open_archive(file, ZIP_RDONLY);
  if (!archive) return pass_on(archive.error());
  std::vector<NamedTensor> out;
  const zip_int64_t count = zip_get_num_entries(archive->get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    Result<NamedTensor> tensor = read_member(archive->get(), static_cast<zip_uint64_t>(i));
    if (!tensor) return within(tensor.error(), "while reading '" + file.string() + "'");
    out.push_back(std::move(*tensor));
  }
  return out;
}

Result<void> write_npz(const std::filesystem::path& file, const std::vector<NamedTensor>& tensors) {
  const std::string doing = "while writing '" + file.string() + "'";
  std::vector<std::string> contents;  // Read when the archive is closed.
  for (const NamedTensor& tensor : tensors) {
    Result<std::string> content = npy_from_tensor(tensor.tensor);
    if (!content) return within(content.error(), "for array '" + tensor.name + "' " + doing);
    contents.push_back(std::move(*content));
  }
  Result<Archive> archive = open_archive(file, ZIP_CREATE | ZIP_TRUNCATE);
  if (!archive) return pass_on(archive.error());
  for (std::size_t i = 0; i < tensors.size(); ++i)
    if (Result<void> done = add_member(archive->get(), tensors[i], contents[i]); !done)
      return within(done.error(), doing);
  if (zip_close(archive->get()) != 0)
    return cannot("'" + file.string() + "'", zip_strerror(archive->get()));
  (void)archive->release();  // Closing freed it.
  return {};
}

}  // namespace ortopt
