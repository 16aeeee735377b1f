#include "ortopt/base/version.h"

namespace ortopt {

std::string_view version() { return ORTOPT_VERSION; }

}  // namespace ortopt
