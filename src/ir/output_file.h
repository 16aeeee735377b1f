#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/temporary_name.h"
#include "ortopt/base/result.h"
#include "ortopt/ir/tensor.h"

namespace ortopt {

/// A file that is being written without a name (where the file system can do that, else under a
/// temporary one) in the folder where it shall be, and gets its name when it is complete. Dropped
/// before that, nothing remains of it, whatever ended the process.
class OutputFile {
 public:
  /// Called with the number of bytes that were added.
  using Progress = std::function<void(uint64_t bytes)>;

  /// `target` need not be its final name; folder and access rights come from there.
  [[nodiscard]] static Result<OutputFile> create(const std::filesystem::path& target,
                                                 Progress progress);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  [[nodiscard]] uint64_t position() const { return position_; }
  [[nodiscard]] Result<void> write(std::string_view bytes);
  /// Appends the content of any tensor but strings.
  [[nodiscard]] Result<void> write(const Tensor& tensor);
  /// Appends bytes that were written before.
  [[nodiscard]] Result<void> repeat(uint64_t offset, uint64_t length);
  /// Goes on at `position`, which lies ahead; the bytes between are zeros.
  [[nodiscard]] Result<void> pad_to(uint64_t position);

  /// Whether the file called `path` exists and holds the same bytes.
  [[nodiscard]] Result<bool> same_as(const std::filesystem::path& path) const;

  /// Forces the bytes to the disk.
  [[nodiscard]] Result<void> sync();
  /// Where others can open the file while this one holds it open: a name of its own is not needed.
  [[nodiscard]] Result<std::filesystem::path> path_while_open();
  /// Gives the file a temporary name, so that others can open it, and returns that.
  [[nodiscard]] Result<std::filesystem::path> name();
  /// Gives the file the name `path`, in the same folder, in place of whatever had it: at any moment
  /// `path` is the old file or the new one.
  [[nodiscard]] Result<void> commit(const std::filesystem::path& path);

 private:
  OutputFile(std::filesystem::path target, int descriptor, TemporaryName temporary,
             Progress progress);
  Result<void> copy(int source, uint64_t offset, uint64_t length, const std::string& name);
  Result<void> copy_through_memory(int source, uint64_t offset, uint64_t length,
                                   const std::string& name);
  [[nodiscard]] std::string own_link(std::string_view process) const;
  [[nodiscard]] Failure failed(std::string_view doing) const;
  void advance(uint64_t bytes);

  std::filesystem::path target_;
  int descriptor_;
  TemporaryName temporary_;  ///< Its present name; empty while it has none.
  uint64_t position_ = 0;
  bool copies_by_itself_;  ///< The file system; see copy().
  Progress progress_;
};

/// Forces the folder of `path` to the disk: names survive a power loss.
[[nodiscard]] Result<void> sync_folder(const std::filesystem::path& path);

}  // namespace ortopt
