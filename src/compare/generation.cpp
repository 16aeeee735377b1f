#include "compare/generation.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "ortopt/ir/recipe.h"

namespace ortopt {
namespace {

/// What exporters call the output that belongs to an input for past state.
std::vector<std::string> names_of_present(const std::string& past) {
  std::vector<std::string> out;
  for (const auto& [from, to] :
       {std::pair("past_key_values", "present"), std::pair("past_key_values", "present_key_values"),
        std::pair("past", "present")})
    if (const std::size_t at = past.find(from); at != std::string::npos)
      out.push_back(std::string(past).replace(at, std::string(from).size(), to));
  return out;
}

std::optional<std::size_t> find_by_name(const std::vector<Port>& outputs, const std::string& past) {
  for (const std::string& name : names_of_present(past)) {
    const auto found = std::ranges::find(outputs, name, &Port::name);
    if (found != outputs.end()) return static_cast<std::size_t>(found - outputs.begin());
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<StatePair>> find_state(const Signature& signature, const InputPlan& plan) {
  std::vector<std::size_t> pasts;
  for (std::size_t i = 0; i < plan.meanings().size(); ++i)
    if (plan.meanings()[i].kind == InputKind::past) pasts.push_back(i);
  if (pasts.empty()) return fail(Code::usage, "the baseline takes no past state to generate with");
  std::vector<StatePair> out;
  for (const std::size_t past : pasts)
    if (const auto output = find_by_name(signature.outputs, signature.inputs[past].name))
      out.push_back({past, *output});
  if (out.size() == pasts.size()) return out;
  out.clear();
  const Port& first = signature.inputs[pasts.front()];
  for (std::size_t i = 0; i < signature.outputs.size(); ++i)
    if (signature.outputs[i].type == first.type &&
        signature.outputs[i].dims.size() == first.dims.size() && out.size() < pasts.size())
      out.push_back({pasts[out.size()], i});
  if (out.size() == pasts.size()) return out;
  return fail(Code::usage, "no output of the baseline is the present of its past '" +
                               signature.inputs[pasts.front()].name + "'");
}

Result<Tensor> likeliest_words(const Tensor& logits, DataType type) {
  const Result<Tensor::Bytes> bytes = converted(logits, DataType::float32).bytes();
  if (!bytes) return pass_on(bytes.error());
  const auto* numbers = reinterpret_cast<const float*>((*bytes)->data());
  const int64_t rows = logits.dims()[0];
  const int64_t places = logits.dims()[1];
  const int64_t words = logits.dims()[2];
  std::vector<double> out;
  for (int64_t row = 0; row < rows; ++row) {
    const float* last = numbers + (row * places + places - 1) * words;
    out.push_back(static_cast<double>(std::max_element(last, last + words) - last));
  }
  return Tensor::of(type, {rows, 1}, out);
}

Result<std::vector<NamedTensor>> next_feeds(const InputSource& source, uint64_t seed,
                                            const std::vector<StatePair>& state,
                                            const std::vector<NamedTensor>& outputs, int64_t step) {
  const InputPlan& plan = source.plan();
  InputSizes sizes = source.sizes();
  sizes.past += sizes.sequence + step - 1;
  sizes.sequence = 1;
  sizes.total = sizes.past + 1;
  Result<std::vector<NamedTensor>> feeds = plan.feeds(plan.case_of(sizes), seed);
  if (!feeds) return feeds;
  for (const StatePair& pair : state) (*feeds)[pair.input].tensor = outputs[pair.output].tensor;
  const Tensor& logits = outputs.front().tensor;
  for (std::size_t i = 0; i < plan.inputs().size(); ++i) {
    const InputMeaning& meaning = plan.meanings()[i];
    // Hidden states are no words.
    const bool chooses_words = meaning.kind == InputKind::ids && logits.dims().size() == 3 &&
                               is_floating(logits.dtype()) && meaning.limit == logits.dims()[2];
    if (!chooses_words) continue;
    Result<Tensor> words = likeliest_words(logits, plan.inputs()[i].type);
    if (!words) return pass_on(words.error());
    (*feeds)[i].tensor = *std::move(words);
  }
  return feeds;
}

}  // namespace ortopt
