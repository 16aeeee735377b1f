#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "ortopt/ir/axis.h"
#include "shape/fold_call.h"

namespace ortopt::folding {
namespace {

/// Which elements of a tensor go into each element of its reduction.
struct Reduction {
  std::vector<int64_t> dims;        ///< Of the result.
  std::vector<std::size_t> target;  ///< For each element, where it goes.
  std::size_t count = 1;            ///< Elements of the result.
};

Reduction reduction_of(const std::vector<int64_t>& dims, const std::vector<std::size_t>& axes,
                       bool keeps) {
  Reduction result;
  std::vector<std::size_t> targets = {0};
  std::size_t stride = 1;
  for (std::size_t k = dims.size(); k-- > 0;) {
    const bool is_reduced = std::ranges::binary_search(axes, k);
    std::vector<std::size_t> wider;
    for (int64_t index = 0; index < dims[k]; ++index)
      for (const std::size_t target : targets)
        wider.push_back(target + (is_reduced ? 0 : static_cast<std::size_t>(index) * stride));
    targets = std::move(wider);
    if (!is_reduced) stride *= static_cast<std::size_t>(dims[k]);
    if (!is_reduced)
      result.dims.insert(result.dims.begin(), dims[k]);
    else if (keeps)
      result.dims.insert(result.dims.begin(), 1);
  }
  result.target = std::move(targets);
  result.count = stride;
  return result;
}

/// In double precision, or wrapping 64-bit integers, whatever the type: rounded once at the end.
template <class T>
using Accumulated = std::conditional_t<std::is_integral_v<T>, int64_t, double>;

template <class T>
Accumulated<T> wrapped(Accumulated<T> a, Accumulated<T> b, const auto& operation) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<int64_t>(operation(static_cast<uint64_t>(a), static_cast<uint64_t>(b)));
  else
    return operation(a, b);
}

struct Total {
  template <class T>
  static Accumulated<T> start() {
    return 0;
  }
  template <class T>
  static Accumulated<T> join(Accumulated<T> a, Accumulated<T> b) {
    return wrapped<T>(a, b, std::plus<>());
  }
};
struct Product {
  template <class T>
  static Accumulated<T> start() {
    return 1;
  }
  template <class T>
  static Accumulated<T> join(Accumulated<T> a, Accumulated<T> b) {
    return wrapped<T>(a, b, std::multiplies<>());
  }
};
struct Largest {
  template <class T>
  static Accumulated<T> start() {
    return std::numeric_limits<Accumulated<T>>::lowest();
  }
  template <class T>
  static Accumulated<T> join(Accumulated<T> a, Accumulated<T> b) {
    return std::max(a, b);
  }
};
struct Smallest {
  template <class T>
  static Accumulated<T> start() {
    return std::numeric_limits<Accumulated<T>>::max();
  }
  template <class T>
  static Accumulated<T> join(Accumulated<T> a, Accumulated<T> b) {
    return std::min(a, b);
  }
};

std::optional<Reduction> reduction(const Call& call) {
  const Tensor* source = call.input(0);
  const auto given = call.list("axes", 1);
  if (source == nullptr || !given || !small_count(source->dims())) return std::nullopt;
  std::vector<int64_t> numbers = given->value_or(std::vector<int64_t>());
  if (numbers.empty() && call.node.int_attribute("noop_with_empty_axes", 0) == 0) {
    numbers.resize(source->dims().size());
    std::iota(numbers.begin(), numbers.end(), 0);
  }
  const auto axes = places(numbers, source->dims().size());
  if (!axes) return std::nullopt;
  return reduction_of(source->dims(), *axes, call.node.int_attribute("keepdims", 1) != 0);
}

template <class Operation>
Results reduce(const Call& call, bool is_mean = false) {
  const auto plan = reduction(call);
  if (!plan || plan->target.empty()) return std::nullopt;
  const Tensor& source = *call.input(0);
  std::optional<Tensor> result;
  with_element(source.dtype(), [&]<class T>(std::type_identity<T>) {
    const auto from = elements<T>(source);
    // Only integers that 64 signed bits hold.
    if (!from || std::is_same_v<T, uint64_t> || source.dtype() == DataType::boolean) return;
    std::vector<Accumulated<T>> totals(plan->count, Operation::template start<T>());
    for (std::size_t k = 0; k < from->size(); ++k) {
      Accumulated<T>& total = totals[plan->target[k]];
      total = Operation::template join<T>(total, static_cast<Accumulated<T>>((*from)[k]));
    }
    std::vector<T> to;
    const auto each = static_cast<Accumulated<T>>(from->size() / plan->count);
    for (const auto total : totals)
      to.push_back(convert_element<T>(is_mean ? total / each : total));
    result = tensor_of_elements(source.dtype(), plan->dims, to);
  });
  return single(result);
}

Results reduce_sum(const Call& call) { return reduce<Total>(call); }
Results reduce_product(const Call& call) { return reduce<Product>(call); }
Results reduce_max(const Call& call) { return reduce<Largest>(call); }
Results reduce_min(const Call& call) { return reduce<Smallest>(call); }
Results reduce_mean(const Call& call) { return reduce<Total>(call, true); }

Results cumulative_sum(const Call& call) {
  const Tensor* source = call.input(0);
  const auto axis_number = call.ints(1);
  if (source == nullptr || !axis_number || axis_number->size() != 1) return std::nullopt;
  const auto axis = axis_from_front(axis_number->front(), source->dims().size());
  const bool is_plain =
      call.node.int_attribute("exclusive", 0) == 0 && call.node.int_attribute("reverse", 0) == 0;
  if (!axis || !is_plain || !small_count(source->dims())) return std::nullopt;
  std::size_t inner = 1;
  for (std::size_t k = *axis + 1; k < source->dims().size(); ++k)
    inner *= static_cast<std::size_t>(source->dims()[k]);
  const std::size_t block = inner * static_cast<std::size_t>(source->dims()[*axis]);
  std::optional<Tensor> result;
  with_element(source->dtype(), [&]<class T>(std::type_identity<T>) {
    auto numbers = elements<T>(*source);
    if (!numbers || source->dtype() == DataType::boolean) return;
    for (std::size_t k = 0; k < numbers->size(); ++k) {
      if (k % block < inner) continue;
      const auto before = static_cast<Accumulated<T>>((*numbers)[k - inner]);
      const auto here = static_cast<Accumulated<T>>((*numbers)[k]);
      (*numbers)[k] = convert_element<T>(Total::join<T>(before, here));
    }
    result = tensor_of_elements(source->dtype(), source->dims(), *numbers);
  });
  return single(result);
}

}  // namespace

void add_reductions(Kernels& kernels) {
  kernels.insert({{"ReduceSum", reduce_sum},
                  {"ReduceProd", reduce_product},
                  {"ReduceMax", reduce_max},
                  {"ReduceMin", reduce_min},
                  {"ReduceMean", reduce_mean},
                  {"CumSum", cumulative_sum}});
}

}  // namespace ortopt::folding
