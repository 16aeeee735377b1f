// External data makes a model two files, and only one file can be replaced at once. The model file
// decides: renaming it is the moment at which the new model takes the place of the old one, and at
// every moment the data that the present model file names is complete and stays as it is.
//
//   1. The data is written to a nameless file. When `<name>.onnx.data` does not exist, it gets that
//      name; when it exists with the same bytes, it is used as it is; either way the model file
//      that refers to it takes its place, and all is done.
//   2. Otherwise the old model may be reading `<name>.onnx.data`. The new data is called
//      `<name>.onnx.data.1` (or .2, …), and a model file referring to that takes its place.
//   3. Now nobody reads the old data. The new data gets the name `<name>.onnx.data` too (a hard
//   link,
//      renamed over the old file), a model file that refers to that one takes its place, and the
//      numbered name is removed. So the result does not depend on what was there before.
//
// Killed in between, a numbered data file may be left: in use after 2, and removed when that model
// is saved in place the next time; or unused.

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <system_error>
#include <utility>

#include "ir/save_job.h"
#include "ir/shared_content.h"
#include "ortopt/ir/file_handle.h"

namespace ortopt {
namespace {

namespace fs = std::filesystem;

/// Where each external tensor lies in the data file.
struct Layout {
  struct Part {
    std::size_t index = 0;  ///< Among the job's streamed tensors.
    uint64_t offset = 0;
    bool shared = false;  ///< The bytes of an earlier part.
  };
  std::vector<Part> parts;
  uint64_t size = 0;
  uint64_t shared_bytes = 0;
};

/// Data is mapped by the runtime: 4 KiB pages, and for what is worth it the 64 KiB of Windows.
uint64_t alignment_for(uint64_t size) { return size >= 1024 * 1024 ? 64 * 1024 : 4096; }

Result<Layout> lay_out(const SaveJob& job) {
  Layout layout;
  SharedContent seen;
  std::vector<uint64_t> offsets(job.streamed().size());
  for (std::size_t i = 0; i < job.streamed().size(); ++i) {
    const PlacedTensor& tensor = job.streamed()[i];
    // Kernels read attributes as they are in the message; data of initializers alone is looked up.
    if (tensor.holder != PlacedTensor::Holder::initializer) continue;
    const Result<std::size_t> first = seen.first_like(tensor.content, i);
    if (!first) return pass_on(first.error());
    const uint64_t size = tensor.content.byte_size();
    if (*first != i) {
      layout.shared_bytes += size;
      offsets[i] = offsets[*first];
    } else {
      const uint64_t alignment = alignment_for(size);
      offsets[i] = (layout.size + alignment - 1) / alignment * alignment;
      layout.size = offsets[i] + size;
    }
    layout.parts.push_back({i, offsets[i], *first != i});
  }
  return layout;
}

/// The two files, the steps that put them in place, and what must go when a step fails.
class ExternalSave {
 public:
  explicit ExternalSave(SaveJob& job) : job_(job), data_path_(job.path().string() + ".data") {}
  ExternalSave(const ExternalSave&) = delete;

  Result<SaveReport> run();

 private:
  Result<void> write_data(OutputFile& file);
  /// The model file, referring to the data as `location`, complete but without its name.
  Result<OutputFile> write_model(const std::string& location);
  Result<void> accept(OutputFile& model);
  /// From here on the data is needed.
  Result<void> commit_model(OutputFile& model);
  Result<void> put_in_place(OutputFile& data);
  Result<void> replace(OutputFile& data);
  void take_usual_name(const fs::path& numbered);
  [[nodiscard]] fs::path free_data_name() const;
  void remove_left_data() const;

  SaveJob& job_;
  fs::path data_path_;
  TemporaryName named_data_;  ///< A data file that goes when saving fails.
  Layout layout_;
  uint64_t model_bytes_ = 0;
};

Result<void> ExternalSave::write_data(OutputFile& file) {
  for (const Layout::Part& part : layout_.parts) {
    if (part.shared) continue;
    Result<void> done = file.pad_to(part.offset);
    if (done) done = file.write(job_.streamed()[part.index].content);
    if (!done) return done;
  }
  return job_.options().sync ? file.sync() : Result<void>();
}

Result<OutputFile> ExternalSave::write_model(const std::string& location) {
  for (const Layout::Part& part : layout_.parts)
    job_.place_external(part.index, location, part.offset);
  Result<WirePlan> plan = job_.plan();
  if (!plan) return pass_on(std::move(plan).error());
  model_bytes_ = plan->size;
  job_.expect(plan->size + layout_.size);
  Result<OutputFile> file = job_.create(job_.path());
  if (!file) return file;
  Result<void> done = job_.write(*plan, *file);
  if (done && job_.options().sync) done = file->sync();
  if (!done) return pass_on(std::move(done).error());
  return file;
}

Result<void> ExternalSave::accept(OutputFile& model) {
  if (!job_.options().accept) return {};
  Result<fs::path> name = model.name();
  if (!name) return pass_on(std::move(name).error());
  return job_.options().accept(*name);
}

Result<void> ExternalSave::commit_model(OutputFile& model) {
  const SignalsHeld held;
  if (Result<void> done = model.commit(job_.path()); !done) return done;
  named_data_.release();
  return {};
}

fs::path ExternalSave::free_data_name() const {
  std::error_code problem;
  for (int number = 1;; ++number) {
    fs::path name = data_path_.string() + "." + std::to_string(number);
    if (!fs::exists(fs::symlink_status(name, problem))) return name;
  }
}

Result<void> ExternalSave::put_in_place(OutputFile& data) {
  std::error_code problem;
  if (fs::exists(fs::symlink_status(data_path_, problem))) {
    const Result<bool> same = data.same_as(data_path_);
    if (!same) return pass_on(same.error());
    if (!*same) return replace(data);
  } else {
    if (Result<void> done = data.commit(data_path_); !done) return done;
    named_data_ = TemporaryName(data_path_);
  }
  Result<OutputFile> model = write_model(data_path_.filename().string());
  if (!model) return pass_on(std::move(model).error());
  if (Result<void> done = accept(*model); !done) return done;
  if (Result<void> done = commit_model(*model); !done) return done;
  return {};
}

Result<void> ExternalSave::replace(OutputFile& data) {
  const fs::path numbered = free_data_name();
  if (Result<void> done = data.commit(numbered); !done) return done;
  named_data_ = TemporaryName(numbered);
  Result<OutputFile> model = write_model(numbered.filename().string());
  if (!model) return pass_on(std::move(model).error());
  if (Result<void> done = accept(*model); !done) return done;
  if (Result<void> done = commit_model(*model); !done) return done;
  take_usual_name(numbered);
  return {};
}

/// Step 3. The new model is in place already: when a file system cannot do this, it stays as it is.
void ExternalSave::take_usual_name(const fs::path& numbered) {
  if (job_.options().sync && !sync_folder(job_.path())) return;
  const fs::path linked = numbered.string() + ".link";
  if (::link(numbered.c_str(), linked.c_str()) != 0) return;
  if (::rename(linked.c_str(), data_path_.c_str()) != 0) {
    ::unlink(linked.c_str());
    return;
  }
  Result<OutputFile> model = write_model(data_path_.filename().string());
  if (!model || !model->commit(job_.path())) return;
  if (job_.options().sync && !sync_folder(job_.path())) return;
  ::unlink(numbered.c_str());
}

/// Removes the numbered data file that the model was loaded from, left by a save that was killed.
void ExternalSave::remove_left_data() const {
  std::set<fs::path> sources;
  for (const PlacedTensor& tensor : job_.streamed())
    if (const auto* extent = std::get_if<FileExtent>(&tensor.content.content()))
      sources.insert(extent->file->path());
  const std::string prefix = data_path_.filename().string() + ".";
  for (const fs::path& source : sources) {
    std::error_code problem;
    const std::string name = source.filename().string();
    const bool is_numbered =
        name.starts_with(prefix) && name.size() > prefix.size() &&
        std::all_of(name.begin() + static_cast<std::ptrdiff_t>(prefix.size()), name.end(),
                    [](unsigned char c) { return std::isdigit(c) != 0; });
    if (is_numbered &&
        fs::equivalent(source.parent_path() / ".", job_.path().parent_path() / ".", problem))
      ::unlink(source.c_str());
  }
}

Result<SaveReport> ExternalSave::run() {
  Result<Layout> layout = lay_out(job_);
  if (!layout) return pass_on(std::move(layout).error());
  layout_ = *std::move(layout);
  for (std::size_t i = 0; i < job_.streamed().size(); ++i) job_.place_inline(i);
  job_.expect(layout_.size);
  if (layout_.parts.empty()) {
    Result<OutputFile> model = write_model("");
    if (!model) return pass_on(std::move(model).error());
    if (Result<void> done = accept(*model); !done) return pass_on(std::move(done).error());
    if (Result<void> done = model->commit(job_.path()); !done)
      return pass_on(std::move(done).error());
    return SaveReport{.file_bytes = model_bytes_};
  }
  Result<OutputFile> data = job_.create(data_path_);
  if (!data) return pass_on(std::move(data).error());
  if (Result<void> done = write_data(*data); !done) return pass_on(std::move(done).error());
  if (Result<void> done = put_in_place(*data); !done) return pass_on(std::move(done).error());
  remove_left_data();
  if (job_.options().sync)
    if (Result<void> done = sync_folder(job_.path()); !done)
      return pass_on(std::move(done).error());
  return SaveReport{model_bytes_, layout_.size, layout_.shared_bytes};
}

}  // namespace

Result<SaveReport> save_external(SaveJob& job) { return ExternalSave(job).run(); }

}  // namespace ortopt
