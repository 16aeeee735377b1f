#pragma once

#include <vector>

#include "ortopt/compare/signature.h"
#include "ortopt/engine/inputs.h"

namespace ortopt {

/// What the other model is fed when the baseline is fed `feeds`: the same under its names,
/// converted to its types; a 0/1 mask becomes lengths where one integer a row is taken. Fails with
/// `different` for an input that the baseline has nothing for.
[[nodiscard]] Result<std::vector<NamedTensor>> translate_feeds(
    const std::vector<NamedTensor>& feeds, const Signature& baseline, const Signature& other,
    const SignatureMatch& match, LengthForm length_form);

}  // namespace ortopt
