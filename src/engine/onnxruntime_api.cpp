#include "engine/onnxruntime_api.h"

namespace ortopt::onnxruntime {

Result<void> checked(const OrtApi& api, OrtStatus* status) {
  if (status == nullptr) return {};
  std::string message = api.GetErrorMessage(status);
  api.ReleaseStatus(status);
  return fail(Code::failure, std::move(message));
}

}  // namespace ortopt::onnxruntime
