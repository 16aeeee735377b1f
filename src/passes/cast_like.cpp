#include "ortopt/passes/cast_like.h"

#include "ortopt/pass/rewriter.h"

namespace ortopt {

using pattern::any;
using pattern::call;
using pattern::Match;
using pattern::Pattern;

CastLike::CastLike() : FusionPass("cast_like", "CastLike becomes Cast once the type is known") {
  const Pattern x = any("x");
  const Pattern like = any("like");
  pattern = call("CastLike", {x, like});
  anchors = {"CastLike"};
  guard = [=](const Match& match, const Context&) -> std::optional<std::string> {
    if (match.facts().dtype(match[like]) != DataType::undefined) return std::nullopt;
    return "the type of '" + match[like].name() + "' is not known";
  };
  rewrite = [=](const Match& match, Rewriter& to) -> Value& {
    return to.node("", "Cast", {&match[x]},
                   {{"to", static_cast<int64_t>(match.facts().dtype(match[like]))}});
  };
}

}  // namespace ortopt
