#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "ortopt/base/error.h"

namespace ortopt {

/// A value of type T, or the Error that stood in its way.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

/// What a function returning a Result returns when it fails.
using Failure = tl::unexpected<Error>;

/// Builds a Failure from a code and a finished sentence.
[[nodiscard]] inline Failure fail(Code code, std::string message) {
  return Failure(Error{code, std::move(message), {}});
}

/// Passes an error on, adding what was being done: `return within(std::move(error), "while reading
/// 'x'")`.
[[nodiscard]] inline Failure within(Error error, std::string doing) {
  error.context.push_back(std::move(doing));
  return Failure(std::move(error));
}

/// Passes an error on unchanged.
[[nodiscard]] inline Failure pass_on(Error error) { return Failure(std::move(error)); }

}  // namespace ortopt
