#pragma once

#include <stdexcept>

namespace ortopt {

/// A broken invariant of ours; never the fault of a model or of a user.
class InternalError final : public std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace ortopt
