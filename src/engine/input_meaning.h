#pragma once

#include "engine/input_evidence.h"
#include "ortopt/engine/inputs.h"

namespace ortopt {

/// What `port` means, by the evidence of the graph; its name decides only where there is none.
[[nodiscard]] InputMeaning meaning_of(const Port& port, const InputEvidence& evidence);

/// Whether `name` contains `part`, in any case of letters.
[[nodiscard]] bool name_contains(std::string_view name, std::string_view part);

}  // namespace ortopt
