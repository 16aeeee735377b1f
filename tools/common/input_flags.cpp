#include "tools/common/input_flags.h"

#include <utility>

namespace ortopt::tool {
namespace {

/// What is the same for all sizes.
Result<InputRequest> common_request(const InputFlags& flags) {
  InputRequest request;
  const std::optional<InputStyle> style = parse_input_style(flags.style);
  if (!style)
    return fail(Code::usage,
                "--dummy_inputs '" + flags.style + "' is none of default, bert, gpt2, longformer");
  request.style = *style;
  request.past = flags.past;
  request.global_places = flags.global_places;
  if (flags.average_length > 0) request.average_length = flags.average_length;
  request.random_lengths = flags.random_lengths;
  if (flags.mask_type == 3) request.length_form = LengthForm::with_sums;
  request.seed = flags.seed;
  request.samples = flags.samples;
  for (const auto& [name, kind] : {std::pair(flags.ids_name, InputKind::ids),
                                   std::pair(flags.segment_name, InputKind::segment),
                                   std::pair(flags.mask_name, InputKind::mask)})
    if (!name.empty()) request.meanings[name] = kind;
  for (const std::string& file : flags.files) request.files.emplace_back(file);
  return request;
}

}  // namespace

void declare_input_flags(CommandLine& line, InputFlags& flags) {
  line.group("Inputs");
  line.option("-b,--batch_size", flags.batch_sizes, "Rows in a batch")->capture_default_str();
  line.option("-s,--sequence_length", flags.sequence_lengths, "Words in a row")
      ->capture_default_str();
  line.option("--past_sequence_length", flags.past, "Words before them, for models with past state")
      ->capture_default_str();
  line.option("--global_length", flags.global_places, "Global places, for models with such a mask")
      ->capture_default_str();
  line.option("-a,--average_sequence_length", flags.average_length,
              "Words in a row that are no padding; without it all");
  line.flag("-r,--random_sequence_length", flags.random_lengths,
            "Their number differs from row to row");
  line.option("--samples", flags.samples, "Different inputs")->capture_default_str();
  line.option("--seed", flags.seed, "Of the numbers made up")->capture_default_str();
  line.option("--dummy_inputs", flags.style,
              "default, bert, gpt2 or longformer: what the model must take")
      ->capture_default_str();
  line.option("--input_ids_name,--input_ids", flags.ids_name, "The input for words, if not found")
      ->type_name("NAME");
  line.option("--segment_ids_name,--segment_ids", flags.segment_name, "The input for segments")
      ->type_name("NAME");
  line.option("--input_mask_name,--input_mask", flags.mask_name, "The input for the mask")
      ->type_name("NAME");
  line.option("--mask_type", flags.mask_type,
              "3: a mask of one dimension holds lengths and their sums (3 x batch + 2 numbers). 1, "
              "2: no "
              "effect, the model's mask is recognised")
      ->check(CLI::Range(1, 3));
  line.option("--input-data", flags.files,
              "Inputs from .npz files, test_data_set_* folders or folders of such")
      ->type_name("PATH");
}

Result<std::vector<InputRequest>> input_requests(const InputFlags& flags) {
  Result<InputRequest> common = common_request(flags);
  if (!common) return pass_on(common.error());
  if (!flags.files.empty()) return std::vector{std::move(*common)};
  std::vector<InputRequest> out;
  for (const int64_t batch : flags.batch_sizes)
    for (const int64_t sequence : flags.sequence_lengths) {
      out.push_back(*common);
      out.back().batch = batch;
      out.back().sequence = sequence;
    }
  return out;
}

Result<InputRequest> input_request(const InputFlags& flags) {
  Result<std::vector<InputRequest>> requests = input_requests(flags);
  if (!requests) return pass_on(requests.error());
  if (requests->size() != 1)
    return fail(Code::usage, "one --batch_size and one --sequence_length are needed here");
  return std::move(requests->front());
}

std::vector<std::string> ineffective_input_flags(const CommandLine& line, const InputFlags& flags) {
  if (!line.is_given("--mask_type") || flags.mask_type == 3) return {};
  return {"--mask_type has no effect but for 3: what the model's mask is shows in its graph"};
}

}  // namespace ortopt::tool
