#include "pass/selection.h"

#include <fnmatch.h>

#include <algorithm>

namespace ortopt {
namespace {

/// `id` or `id@glob`.
struct Selector {
  std::string_view id;
  std::string_view glob;
};

Selector parsed(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

}  // namespace

bool matches_glob(std::string_view glob, std::string_view name) {
  return fnmatch(std::string(glob).c_str(), std::string(name).c_str(), 0) == 0;
}

Result<void> check_selection(const Selection& selection, const Pipeline& pipeline) {
  for (const std::vector<std::string>* list : {&selection.only, &selection.skip})
    for (const std::string& text : *list) {
      const std::string_view id = parsed(text).id;
      const bool known = std::ranges::any_of(pipeline, [&](const Stage& stage) {
        return std::ranges::any_of(stage.passes,
                                   [&](const auto& pass) { return pass->id() == id; });
      });
      if (!known)
        return fail(Code::usage,
                    "there is no pass '" + std::string(id) + "'; --list-passes shows all");
      if (text.ends_with('@'))
        return fail(Code::usage, "'" + text + "' names no nodes: expected PASS or PASS@GLOB");
    }
  return {};
}

bool selects_pass(const Selection& selection, std::string_view id) {
  const auto names = [&](const std::string& text) { return parsed(text).id == id; };
  const auto drops_all = [&](const std::string& text) {
    return names(text) && parsed(text).glob.empty();
  };
  if (!selection.only.empty() && std::ranges::none_of(selection.only, names)) return false;
  return std::ranges::none_of(selection.skip, drops_all);
}

bool selects_node(const Selection& selection, std::string_view id, std::string_view name) {
  const auto covers = [&](const std::string& text) {
    const Selector selector = parsed(text);
    return selector.id == id && (selector.glob.empty() || matches_glob(selector.glob, name));
  };
  if (!selection.only.empty() && std::ranges::none_of(selection.only, covers)) return false;
  return std::ranges::none_of(selection.skip, covers);
}

UnmatchedGlobs::UnmatchedGlobs(const Selection& selection) {
  const auto take = [&](std::string_view flag, const std::vector<std::string>& texts) {
    for (const std::string& text : texts)
      if (!parsed(text).glob.empty()) unmatched_.push_back({flag, text});
  };
  take("--only", selection.only);
  take("--skip", selection.skip);
}

void UnmatchedGlobs::see(std::string_view name) {
  std::erase_if(unmatched_,
                [&](const Unmatched& each) { return matches_glob(parsed(each.text).glob, name); });
}

std::vector<std::string> UnmatchedGlobs::warnings() const {
  std::vector<std::string> sentences;
  for (const auto& [flag, text] : unmatched_)
    sentences.push_back(std::string(flag) + " " + text + " matches no node of the model");
  return sentences;
}

}  // namespace ortopt
