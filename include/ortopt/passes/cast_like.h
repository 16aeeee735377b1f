#pragma once

#include "ortopt/pass/pass.h"

namespace ortopt {

/// CastLike(x, like) = Cast(x, to: the type of like)
///
///   x ──── CastLike ── y   ⇒   x ── Cast ── y
///   like ──┘
///
/// Conditions
///   the type of `like` is known   it becomes an attribute
/// Seen in: functions of torch's dynamo exporter, where constants wait for the type of what they
/// meet. Without the second input they are constants again.
class CastLike final : public FusionPass {
 public:
  CastLike();
};

}  // namespace ortopt
