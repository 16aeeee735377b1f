#include "ortopt/base/temporary_folder.h"

#include <stdlib.h>

#include <string>
#include <system_error>
#include <utility>

#include "base/temporary_name.h"

namespace ortopt {

Result<std::unique_ptr<TemporaryFolder>> TemporaryFolder::make() {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  std::string name = (parent / "ort-opt-XXXXXX").string();
  if (error || ::mkdtemp(name.data()) == nullptr)
    return fail(Code::failure, "no temporary folder can be made in '" + parent.string() + "'");
  return std::unique_ptr<TemporaryFolder>(new TemporaryFolder(name));
}

TemporaryFolder::TemporaryFolder(std::filesystem::path path)
    : name_(std::make_unique<TemporaryName>(std::move(path))) {}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path(), ignored);
}

const std::filesystem::path& TemporaryFolder::path() const { return name_->path(); }

}  // namespace ortopt
