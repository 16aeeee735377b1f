#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "compare/cases.h"
#include "ortopt/engine/input_request.h"

namespace ortopt {

/// The inputs that two models are compared on, one after the other.
class Samples {
 public:
  /// One of them; `inputs` matters where what a model gives is undefined.
  struct Sample {
    std::string name;
    InputCase inputs;
    std::vector<NamedTensor> feeds;
    std::optional<std::vector<NamedTensor>> outputs;  ///< Of the baseline, where they are stored.
  };

  /// Stored ones, for a model that takes these inputs.
  [[nodiscard]] static Result<Samples> stored_in(const std::filesystem::path& place,
                                                 const std::vector<Port>& inputs);

  /// Those asked for, or cases of several sizes: what `baseline` runs with. `graph` may be null.
  [[nodiscard]] static Result<Samples> choose(const std::optional<InputRequest>& request,
                                              uint64_t seed, Session& baseline, const Graph* graph);

  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] std::string name(std::size_t index) const;
  /// The same for the same index every time.
  [[nodiscard]] Result<Sample> get(std::size_t index) const;
  /// Where inputs are made up as asked for; null otherwise.
  [[nodiscard]] const InputSource* source() const { return source_ ? &*source_ : nullptr; }
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  [[nodiscard]] Result<Sample> read_stored(std::size_t index) const;

  std::vector<Sample> cases_;
  std::optional<InputSource> source_;
  std::vector<std::filesystem::path> files_;
  std::vector<Port> inputs_;  ///< That the files are for.
  std::vector<std::string> notes_;
};

}  // namespace ortopt
