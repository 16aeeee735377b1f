#include "ortopt/base/error.h"

#include "ortopt/base/internal_error.h"

namespace ortopt {

std::string Error::text() const {
  std::string out = message;
  for (const std::string& doing : context) out += ", " + doing;
  return out;
}

void ensure(bool condition, std::string_view what) {
  if (!condition) throw InternalError(std::string(what));
}

}  // namespace ortopt
