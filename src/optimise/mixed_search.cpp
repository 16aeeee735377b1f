#include "optimise/mixed_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "optimise/mixed_groups.h"
#include "optimise/mixed_trials.h"
#include "ortopt/base/temporary_folder.h"

namespace ortopt {
namespace {

/// Finds the fewest operators that have to be kept, by trials.
class MixedSearch {
 public:
  explicit MixedSearch(MixedTrials& trials) : trials_(trials) {}

  Result<MixedChoice> run() {
    const Result<bool> suffices = trials_.try_mix({}, "float16 where the range allows it");
    if (!suffices) return pass_on(suffices.error());
    if (*suffices) return trials_.choice_with({});
    Result<std::vector<MixedGroup>> groups = trials_.rank();
    if (!groups) return pass_on(groups.error());
    groups_ = *std::move(groups);
    for (const auto step :
         {&MixedSearch::bisect, &MixedSearch::give_groups_back, &MixedSearch::give_nodes_back})
      if (Result<void> done = (this->*step)(); !done) return pass_on(done.error());
    return trials_.choice_with(kept_);
  }

 private:
  using Nodes = MixedTrials::Nodes;

  /// The fewest groups, from the first, that suffice. All of them suffice without being tried.
  Result<void> bisect() {
    std::size_t too_few = 0;
    std::size_t enough = groups_.size();
    while (enough - too_few > 1 && trials_.may_run()) {
      // The first ones are the likeliest.
      const auto root = std::lround(std::sqrt(static_cast<double>(too_few * enough)));
      const std::size_t middle =
          std::clamp(static_cast<std::size_t>(root), too_few + 1, enough - 1);
      const Result<bool> suffices =
          trials_.try_mix(nodes_of(first_groups(middle)), describe(first_groups(middle)));
      if (!suffices) return pass_on(suffices.error());
      (*suffices ? enough : too_few) = middle;
    }
    kept_groups_ = first_groups(enough);
    kept_ = nodes_of(kept_groups_);
    return {};
  }

  /// Gives back what is not needed once the rest is kept: all at once, or half by half.
  Result<void> give_groups_back() {
    if (kept_groups_.size() < 2) return {};
    // The last one is needed: without it, it did not suffice.
    std::vector<std::size_t> in_doubt(kept_groups_.begin(), kept_groups_.end() - 1);
    const auto give = [&](const std::vector<std::size_t>& groups) -> Result<bool> {
      std::vector<std::size_t> rest = kept_groups_;
      std::erase_if(rest, [&](std::size_t group) { return std::ranges::count(groups, group) > 0; });
      const Result<bool> suffices = trials_.try_mix(nodes_of(rest), describe(rest));
      if (suffices && *suffices) kept_groups_ = rest;
      return suffices;
    };
    const Result<void> done = give_back(in_doubt, give);
    kept_ = nodes_of(kept_groups_);
    return done;
  }

  /// The same for single nodes of the groups that are needed.
  Result<void> give_nodes_back() {
    if (kept_.size() < 2) return {};
    const auto give = [&](const Nodes& nodes) -> Result<bool> {
      Nodes rest = kept_;
      std::erase_if(rest, [&](std::size_t node) { return std::ranges::count(nodes, node) > 0; });
      // All of them are needed by someone.
      if (rest.empty()) return false;
      const Result<bool> suffices =
          trials_.try_mix(rest, fmt::format("{} operators of these in float32", rest.size()));
      if (suffices && *suffices) kept_ = rest;
      return suffices;
    };
    return give_back(kept_, give);
  }

  template <class Give>
  Result<void> give_back(const std::vector<std::size_t>& items, const Give& give) {
    if (items.empty() || !trials_.may_run()) return {};
    const Result<bool> given = give(items);
    if (!given) return pass_on(given.error());
    if (*given || items.size() == 1) return {};
    const auto middle = items.begin() + static_cast<std::ptrdiff_t>(items.size() / 2);
    if (Result<void> done = give_back(std::vector(items.begin(), middle), give); !done) return done;
    return give_back(std::vector(middle, items.end()), give);
  }

  [[nodiscard]] static std::vector<std::size_t> first_groups(std::size_t count) {
    std::vector<std::size_t> groups(count);
    std::iota(groups.begin(), groups.end(), std::size_t{0});
    return groups;
  }

  [[nodiscard]] Nodes nodes_of(const std::vector<std::size_t>& groups) const {
    Nodes nodes;
    for (const std::size_t group : groups)
      nodes.insert(nodes.end(), groups_[group].nodes.begin(), groups_[group].nodes.end());
    return nodes;
  }

  [[nodiscard]] std::string describe(const std::vector<std::size_t>& groups) const {
    const std::string first = groups_[groups.front()].name;
    if (groups.size() == 1) return first + " in float32";
    return fmt::format("{} and {} more groups in float32", first, groups.size() - 1);
  }

  MixedTrials& trials_;
  std::vector<MixedGroup> groups_;
  std::vector<std::size_t> kept_groups_;
  Nodes kept_;
};

}  // namespace

Result<MixedChoice> choose_mixed_precision(const std::filesystem::path& source,
                                           const OptimiseRequest& request, Logger& logger) {
  const Result<std::filesystem::path> runtime = find_runtime(request.runtime);
  if (!runtime) return within(runtime.error(), "mixed precision is chosen by running the model");
  const Result<std::unique_ptr<TemporaryFolder>> folder = TemporaryFolder::make();
  if (!folder) return pass_on(folder.error());
  MixedTrials trials(request, (*folder)->path(), logger);
  if (Result<void> done = trials.prepare(source, *runtime); !done) return pass_on(done.error());
  return MixedSearch(trials).run();
}

}  // namespace ortopt
