#include <algorithm>
#include <cmath>
#include <type_traits>

#include "ortopt/ir/recipe.h"
#include "shape/content.h"
#include "shape/fold_call.h"

namespace ortopt::folding {
namespace {

/// Whole numbers wrap around, as they do in every runtime.
template <class T, class OnWords, class OnFloats>
T wrapping(T a, T b, const OnWords& on_words, const OnFloats& on_floats) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(on_words(static_cast<uint64_t>(a), static_cast<uint64_t>(b)));
  else
    return on_floats(a, b);
}

struct Add {
  template <class T>
  static std::optional<T> of(T a, T b) {
    return wrapping(a, b, std::plus<uint64_t>(), std::plus<T>());
  }
};

struct Subtract {
  template <class T>
  static std::optional<T> of(T a, T b) {
    return wrapping(a, b, std::minus<uint64_t>(), std::minus<T>());
  }
};

struct Multiply {
  template <class T>
  static std::optional<T> of(T a, T b) {
    return wrapping(a, b, std::multiplies<uint64_t>(), std::multiplies<T>());
  }
};

template <class T>
bool is_divisible(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == 0) return false;
    if constexpr (std::is_signed_v<T>) return !(b == -1 && a == std::numeric_limits<T>::min());
  }
  return true;
}

struct Divide {
  template <class T>
  static std::optional<T> of(T a, T b) {
    if (!is_divisible(a, b)) return std::nullopt;
    return static_cast<T>(a / b);
  }
};

struct Remainder {
  template <class T>
  static std::optional<T> of(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
      return std::fmod(a, b);
    } else {
      if (!is_divisible(a, b)) return std::nullopt;
      const T rest = static_cast<T>(a % b);
      return rest != 0 && (rest < 0) != (b < 0) ? static_cast<T>(rest + b) : rest;
    }
  }
};

struct Maximum {
  template <class T>
  static std::optional<T> of(T a, T b) {
    return a != a || a > b ? a : b;
  }
};

struct Minimum {
  template <class T>
  static std::optional<T> of(T a, T b) {
    return a != a || a < b ? a : b;
  }
};

/// Operands of one type, broadcast; `compute` gives nothing where the operator has no answer.
template <class T, class R, class Compute>
std::optional<Tensor> zipped(const Tensor& a, const Tensor& b, DataType result,
                             const Compute& compute) {
  const std::vector<int64_t> parts[] = {a.dims(), b.dims()};
  const auto dims = broadcast_dims(parts);
  const auto left = elements<T>(a);
  const auto right = elements<T>(b);
  if (!dims || !left || !right) return std::nullopt;
  const auto at_left = shape::broadcast_positions(a.dims(), *dims);
  const auto at_right = shape::broadcast_positions(b.dims(), *dims);
  if (!at_left || !at_right) return std::nullopt;
  std::vector<R> values;
  values.reserve(at_left->size());
  for (std::size_t k = 0; k < at_left->size(); ++k) {
    const auto value = compute(static_cast<Computed<T>>((*left)[(*at_left)[k]]),
                               static_cast<Computed<T>>((*right)[(*at_right)[k]]));
    if (!value) return std::nullopt;
    values.push_back(static_cast<R>(*value));
  }
  return tensor_of_elements(result, *dims, values);
}

template <class Operation>
std::optional<Tensor> arithmetic(const Tensor& a, const Tensor& b) {
  std::optional<Tensor> result;
  if (a.dtype() == DataType::boolean || a.dtype() != b.dtype()) return result;
  with_element(a.dtype(), [&]<class T>(std::type_identity<T>) {
    result = zipped<T, T>(a, b, a.dtype(), [](Computed<T> x, Computed<T> y) {
      return Operation::template of<Computed<T>>(x, y);
    });
  });
  return result;
}

/// A·c for a large A and one number c, as a recipe.
std::optional<Tensor> scaled_weight(const Tensor& a, const Tensor& b) {
  const auto factor = b.splat();
  const bool keeps_dims = b.dims().size() <= a.dims().size() && b.element_count() == 1;
  if (a.is_small() || !factor || !keeps_dims || !is_floating(a.dtype()) || a.dtype() != b.dtype())
    return std::nullopt;
  return scaled(a, *factor);
}

/// Operators of two or more operands, from left to right.
template <class Operation>
Results accumulate(const Call& call) {
  if (call.input(0) == nullptr) return std::nullopt;
  std::optional<Tensor> result = *call.input(0);
  for (std::size_t k = 1; result && k < call.inputs.size(); ++k) {
    if (call.input(k) == nullptr) return std::nullopt;
    result = arithmetic<Operation>(*result, *call.input(k));
  }
  return single(result);
}

Results multiply(const Call& call) {
  if (call.input(0) == nullptr || call.input(1) == nullptr) return std::nullopt;
  for (const auto& [a, b] : {std::pair(0, 1), std::pair(1, 0)})
    if (auto recipe = scaled_weight(*call.input(static_cast<std::size_t>(a)),
                                    *call.input(static_cast<std::size_t>(b))))
      return single(recipe);
  return accumulate<Multiply>(call);
}

Results remainder(const Call& call) {
  if (call.node.int_attribute("fmod", 0) != 0) return std::nullopt;
  if (call.input(0) == nullptr || is_floating(call.input(0)->dtype())) return std::nullopt;
  return accumulate<Remainder>(call);
}

Results power(const Call& call) {
  const Tensor* base = call.input(0);
  const Tensor* exponent = call.input(1);
  if (base == nullptr || exponent == nullptr || !exponent->is_small()) return std::nullopt;
  const auto numbers = exponent->numbers();
  if (!numbers) return std::nullopt;
  // The exponent may be of another type.
  const Tensor same = Tensor::of(base->dtype(), exponent->dims(), *numbers);
  std::optional<Tensor> result;
  with_element(base->dtype(), [&]<class T>(std::type_identity<T>) {
    result = zipped<T, T>(
        *base, same, base->dtype(), [](Computed<T> x, Computed<T> y) -> std::optional<Computed<T>> {
          if constexpr (std::is_floating_point_v<Computed<T>>)
            return std::pow(x, y);
          else
            return convert_element<T>(std::pow(static_cast<double>(x), static_cast<double>(y)));
        });
  });
  return single(result);
}

template <class Compare>
Results compare(const Call& call) {
  const Tensor* a = call.input(0);
  const Tensor* b = call.input(1);
  if (a == nullptr || b == nullptr || a->dtype() != b->dtype()) return std::nullopt;
  std::optional<Tensor> result;
  with_element(a->dtype(), [&]<class T>(std::type_identity<T>) {
    result = zipped<T, uint8_t>(*a, *b, DataType::boolean, [](Computed<T> x, Computed<T> y) {
      return std::optional<uint8_t>(Compare()(x, y) ? 1 : 0);
    });
  });
  return single(result);
}

template <class Logic>
Results logic(const Call& call) {
  if (call.input(0) == nullptr || call.input(0)->dtype() != DataType::boolean) return std::nullopt;
  return compare<Logic>(call);
}

Results where(const Call& call) {
  const Tensor* condition = call.input(0);
  const Tensor* yes = call.input(1);
  const Tensor* no = call.input(2);
  if (condition == nullptr || yes == nullptr || no == nullptr || yes->dtype() != no->dtype() ||
      condition->dtype() != DataType::boolean)
    return std::nullopt;
  const std::vector<int64_t> parts[] = {condition->dims(), yes->dims(), no->dims()};
  const auto dims = broadcast_dims(parts);
  const auto truths = dims ? elements<uint8_t>(*condition) : std::nullopt;
  const auto if_true = dims ? bytes_of(*yes) : std::nullopt;
  const auto if_false = dims ? bytes_of(*no) : std::nullopt;
  if (!truths || !if_true || !if_false) return std::nullopt;
  const auto at = shape::broadcast_positions(condition->dims(), *dims);
  const auto at_true = shape::broadcast_positions(yes->dims(), *dims);
  const auto at_false = shape::broadcast_positions(no->dims(), *dims);
  if (!at || !at_true || !at_false) return std::nullopt;
  const std::size_t width = *element_size(yes->dtype());
  std::vector<std::byte> bytes(at->size() * width);
  for (std::size_t k = 0; k < at->size(); ++k) {
    const bool is_true = (*truths)[(*at)[k]] != 0;
    const std::byte* from = is_true ? if_true->data() + (*at_true)[k] * width
                                    : if_false->data() + (*at_false)[k] * width;
    std::memcpy(bytes.data() + k * width, from, width);
  }
  return single(tensor_of_bytes(yes->dtype(), *dims, std::move(bytes)));
}

}  // namespace

void add_arithmetic(Kernels& kernels) {
  kernels.insert({{"Add", accumulate<Add>},
                  {"Sum", accumulate<Add>},
                  {"Sub", accumulate<Subtract>},
                  {"Mul", multiply},
                  {"Div", accumulate<Divide>},
                  {"Mod", remainder},
                  {"Max", accumulate<Maximum>},
                  {"Min", accumulate<Minimum>},
                  {"Pow", power},
                  {"Equal", compare<std::equal_to<>>},
                  {"Less", compare<std::less<>>},
                  {"LessOrEqual", compare<std::less_equal<>>},
                  {"Greater", compare<std::greater<>>},
                  {"GreaterOrEqual", compare<std::greater_equal<>>},
                  {"And", logic<std::logical_and<>>},
                  {"Or", logic<std::logical_or<>>},
                  {"Xor", logic<std::not_equal_to<>>},
                  {"Where", where}});
}

}  // namespace ortopt::folding
