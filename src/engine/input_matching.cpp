#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ortopt/engine/input_files.h"

namespace ortopt {
namespace {

std::string names_of(const std::vector<NamedTensor>& tensors) {
  std::string out;
  for (const NamedTensor& tensor : tensors) out += (out.empty() ? "'" : ", '") + tensor.name + "'";
  return out.empty() ? "nothing" : out;
}

/// Whether tensors are meant in the order of the inputs: none of them is called like one.
bool is_by_order(const std::vector<Port>& inputs, const std::vector<NamedTensor>& tensors) {
  return tensors.size() == inputs.size() &&
         std::ranges::none_of(tensors, [&](const NamedTensor& tensor) {
           return std::ranges::find(inputs, tensor.name, &Port::name) != inputs.end();
         });
}

/// The same numbers in another type, when all of them are there.
Result<Tensor> converted(const Tensor& tensor, const Port& input) {
  const Failure refusal =
      fail(Code::usage, fmt::format("input '{}' is of type {}, what was found for it of type {}",
                                    input.name, name_of(input.type), name_of(tensor.dtype())));
  if (is_floating(input.type) && is_floating(tensor.dtype())) {
    Result<std::vector<double>> numbers = tensor.numbers();
    if (!numbers) return pass_on(numbers.error());
    return Tensor::of(input.type, tensor.dims(), *numbers);
  }
  const auto is_whole = [](DataType type) { return is_integer(type) || type == DataType::boolean; };
  if (!is_whole(input.type) || !is_whole(tensor.dtype())) return refusal;
  const Result<std::vector<int64_t>> before = tensor.int64s();
  if (!before) return pass_on(before.error());
  Tensor out =
      Tensor::of(input.type, tensor.dims(), std::vector<double>(before->begin(), before->end()));
  const Result<std::vector<int64_t>> after = out.int64s();
  if (!after || *after != *before) return refusal;
  return out;
}

Result<void> check_dims(const Port& input, const Tensor& tensor) {
  if (input.dims.empty()) return {};  // Of any rank, or of none.
  bool fits = input.dims.size() == tensor.dims().size();
  for (std::size_t axis = 0; fits && axis < input.dims.size(); ++axis)
    fits = input.dims[axis] < 0 || input.dims[axis] == tensor.dims()[axis];
  if (fits) return {};
  return fail(Code::usage,
              fmt::format("input '{}' is [{}] (-1: any size), what was found for it is [{}]",
                          input.name, fmt::join(input.dims, ", "), fmt::join(tensor.dims(), ", ")));
}

}  // namespace

Result<std::vector<NamedTensor>> matched_to_inputs(const std::vector<Port>& inputs,
                                                   std::vector<NamedTensor> tensors) {
  const bool by_order = is_by_order(inputs, tensors);
  std::vector<NamedTensor> out;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Port& input = inputs[i];
    const auto found = by_order ? tensors.begin() + static_cast<std::ptrdiff_t>(i)
                                : std::ranges::find(tensors, input.name, &NamedTensor::name);
    if (found == tensors.end())
      return fail(Code::usage, fmt::format("nothing was found for input '{}', only {}", input.name,
                                           names_of(tensors)));
    if (Result<void> done = check_dims(input, found->tensor); !done) return pass_on(done.error());
    if (found->tensor.dtype() == input.type) {
      out.push_back({input.name, std::move(found->tensor)});
      continue;
    }
    Result<Tensor> tensor = converted(found->tensor, input);
    if (!tensor) return pass_on(tensor.error());
    out.push_back({input.name, std::move(*tensor)});
  }
  return out;
}

}  // namespace ortopt
