#include "ortopt/ir/result_file.h"

#include <unistd.h>

#include <fstream>
#include <string>
#include <utility>

#include "ir/output_file.h"
#include "ir/output_target.h"
#include "ir/quoted.h"

namespace ortopt {
namespace {

bool is_stream(const std::filesystem::path& path) {
  std::error_code unknown;
  const auto type = std::filesystem::status(path, unknown).type();
  return type == std::filesystem::file_type::character ||
         type == std::filesystem::file_type::fifo || type == std::filesystem::file_type::socket;
}

}  // namespace

Result<ResultFile> ResultFile::open(const std::filesystem::path& path) {
  if (is_stream(path)) {
    if (::access(path.c_str(), W_OK) != 0) return cannot("write " + quoted(path));
    return ResultFile(path, nullptr);
  }
  Result<OutputFile> file = OutputFile::create(path, {});
  if (!file) return pass_on(std::move(file.error()));
  return ResultFile(path, std::make_unique<OutputFile>(std::move(*file)));
}

ResultFile::ResultFile(std::filesystem::path path, std::unique_ptr<OutputFile> file)
    : path_(std::move(path)), file_(std::move(file)) {}
ResultFile::ResultFile(ResultFile&& other) noexcept = default;
ResultFile::~ResultFile() = default;

Result<void> ResultFile::write(std::string_view content) {
  if (file_ != nullptr) {
    if (Result<void> written = file_->write(content); !written) return written;
    return file_->commit(path_);
  }
  std::ofstream stream(path_, std::ios::binary);
  stream << content << std::flush;
  if (!stream) return cannot("write " + quoted(path_));
  return {};
}

}  // namespace ortopt
