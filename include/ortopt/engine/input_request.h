#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/engine/engine.h"
#include "ortopt/engine/inputs.h"

namespace ortopt {

class Graph;

/// What kind of model inputs are asked for (--dummy_inputs). The graph decides all the same what
/// each input means; a style states what the model must have: words (`bert`, `gpt2`), a mask of
/// global places (`longformer`).
enum class InputStyle { automatic, bert, gpt2, longformer };

/// "default", "bert", "gpt2", "longformer"; nothing for any other name.
[[nodiscard]] std::optional<InputStyle> parse_input_style(std::string_view name);

/// The inputs that a model is to be run with.
struct InputRequest {
  InputStyle style = InputStyle::automatic;
  int64_t batch = 1;
  int64_t sequence = 128;
  int64_t past = 1;           ///< Where the model takes past state.
  int64_t global_places = 1;  ///< Where the model takes a mask of global places.
  /// Mean number of words in a row, the rest being padding; nothing: all of `sequence`.
  std::optional<int64_t> average_length;
  bool random_lengths = false;  ///< Rows differ around that mean.
  LengthForm length_form = LengthForm::plain;
  uint64_t seed = 3;
  std::size_t samples = 1;
  /// What inputs mean where the reading of the graph is to be overruled.
  std::map<std::string, InputKind> meanings;
  /// Instead of made-up inputs: `.npz` files, ONNX test data (`test_data_set_0`), or folders of
  /// such.
  std::vector<std::filesystem::path> files;
};

/// The samples of a request, each made or read when it is asked for. All tools get inputs here.
class InputSource {
 public:
  /// `inputs` is the model's signature; `graph` may be null, and is not kept. Fails with `usage`
  /// when the request does not suit the model, or a file cannot be used.
  [[nodiscard]] static Result<InputSource> open(const InputRequest& request,
                                                std::vector<Port> inputs, const Graph* graph);

  [[nodiscard]] std::size_t count() const;
  /// The same for the same index every time. Fails with `usage` or `failure` for a file that does
  /// not suit the model or cannot be read.
  [[nodiscard]] Result<std::vector<NamedTensor>> sample(std::size_t index) const;
  /// Runs the first sample; when the model refuses it and inputs are made up, finds sizes near to
  /// those asked for that it runs with (exporters leave sizes inside) and leaves a remark. Fails
  /// with the runtime's words about the first try.
  [[nodiscard]] Result<void> fit(Session& session);

  /// The sizes that samples have: batch and sequence of files, too.
  [[nodiscard]] const InputSizes& sizes() const { return sizes_; }
  /// "batch 2, sequence 128, past 1" or the names of files.
  [[nodiscard]] const std::string& description() const { return description_; }
  /// What differs from the request: "the model fixes sequence at 16; 128 was asked for".
  [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }
  /// How the inputs were understood.
  [[nodiscard]] const InputPlan& plan() const { return *plan_; }

 private:
  InputSource(const InputRequest& request, InputPlan plan);
  Result<void> take_files();
  [[nodiscard]] InputCase case_of(std::size_t index) const;
  void adopt(const InputCase& inputs);
  void remark_on_sizes();

  InputRequest request_;
  std::shared_ptr<const InputPlan> plan_;
  InputCase case_;
  std::vector<std::filesystem::path> files_;  ///< One a sample.
  InputSizes sizes_;
  std::string description_;
  std::vector<std::string> remarks_;
};

/// Inputs for a model that is open in a session: reads the graph of `model` (the file that `session`
/// was opened from) for what its inputs mean. Nothing is run; when the session refuses a sample,
/// InputSource::fit may help.
[[nodiscard]] Result<InputSource> inputs_for(const InputRequest& request, const Session& session,
                                             const std::filesystem::path& model);

}  // namespace ortopt
