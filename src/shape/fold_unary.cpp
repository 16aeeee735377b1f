#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "shape/fold_call.h"

namespace ortopt::folding {
namespace {

template <class R, class T, class Compute>
std::optional<Tensor> mapped(const Tensor& source, DataType result, const Compute& compute) {
  const auto from = elements<T>(source);
  if (!from) return std::nullopt;
  std::vector<R> to;
  to.reserve(from->size());
  for (const T element : *from)
    to.push_back(static_cast<R>(compute(static_cast<Computed<T>>(element))));
  return tensor_of_elements(result, source.dims(), to);
}

/// Functions of floating numbers, in single precision for single and half floats.
template <class Function>
Results floating(const Call& call) {
  const Tensor* source = call.input(0);
  if (source == nullptr || !is_floating(source->dtype())) return std::nullopt;
  std::optional<Tensor> result;
  with_element(source->dtype(), [&]<class T>(std::type_identity<T>) {
    if constexpr (std::is_floating_point_v<Computed<T>>)
      result = mapped<T, T>(*source, source->dtype(), Function());
  });
  return single(result);
}

/// Functions of any number.
template <class Function>
Results numeric(const Call& call) {
  const Tensor* source = call.input(0);
  if (source == nullptr || source->dtype() == DataType::boolean) return std::nullopt;
  std::optional<Tensor> result;
  with_element(source->dtype(), [&]<class T>(std::type_identity<T>) {
    result = mapped<T, T>(*source, source->dtype(), Function());
  });
  return single(result);
}

template <class Test>
Results test(const Call& call) {
  const Tensor* source = call.input(0);
  if (source == nullptr || !is_floating(source->dtype())) return std::nullopt;
  std::optional<Tensor> result;
  with_element(source->dtype(), [&]<class T>(std::type_identity<T>) {
    result =
        mapped<uint8_t, T>(*source, DataType::boolean, [](auto x) { return Test()(x) ? 1 : 0; });
  });
  return single(result);
}

struct SquareRoot {
  template <class T>
  T operator()(T x) const {
    return std::sqrt(x);
  }
};
struct Inverse {
  template <class T>
  T operator()(T x) const {
    return T(1) / x;
  }
};
struct Exponential {
  template <class T>
  T operator()(T x) const {
    return std::exp(x);
  }
};
struct Logarithm {
  template <class T>
  T operator()(T x) const {
    return std::log(x);
  }
};
struct ErrorFunction {
  template <class T>
  T operator()(T x) const {
    return std::erf(x);
  }
};
struct HyperbolicTangent {
  template <class T>
  T operator()(T x) const {
    return std::tanh(x);
  }
};
struct Sigmoid {
  template <class T>
  T operator()(T x) const {
    return T(1) / (T(1) + std::exp(-x));
  }
};
struct Sine {
  template <class T>
  T operator()(T x) const {
    return std::sin(x);
  }
};
struct Cosine {
  template <class T>
  T operator()(T x) const {
    return std::cos(x);
  }
};
struct RoundDown {
  template <class T>
  T operator()(T x) const {
    return std::floor(x);
  }
};
struct RoundUp {
  template <class T>
  T operator()(T x) const {
    return std::ceil(x);
  }
};
/// Halves to even.
struct RoundNearest {
  template <class T>
  T operator()(T x) const {
    return std::nearbyint(x);
  }
};

struct Negate {
  template <class T>
  T operator()(T x) const {
    if constexpr (std::is_integral_v<T>)
      return static_cast<T>(uint64_t{0} - static_cast<uint64_t>(x));
    else
      return -x;
  }
};
struct Absolute {
  template <class T>
  T operator()(T x) const {
    if constexpr (std::is_unsigned_v<T>)
      return x;
    else if constexpr (std::is_floating_point_v<T>)
      return std::abs(x);
    else
      return x < 0 ? Negate()(x) : x;
  }
};
struct Sign {
  template <class T>
  T operator()(T x) const {
    return static_cast<T>((x > T(0) ? 1 : 0) - (x < T(0) ? 1 : 0));
  }
};
struct Positive {
  template <class T>
  T operator()(T x) const {
    return x < T(0) ? T(0) : x;
  }
};

struct IsNan {
  template <class T>
  bool operator()(T x) const {
    return x != x;
  }
};
struct IsInfinite {
  template <class T>
  bool operator()(T x) const {
    return x == std::numeric_limits<T>::infinity() || x == -std::numeric_limits<T>::infinity();
  }
};

Results negation(const Call& call) {
  const Tensor* source = call.input(0);
  if (source == nullptr || source->dtype() != DataType::boolean) return std::nullopt;
  return single(mapped<uint8_t, uint8_t>(*source, DataType::boolean,
                                         [](uint8_t x) { return x == 0 ? 1 : 0; }));
}

Results is_infinite(const Call& call) {
  const bool both_signs = call.node.int_attribute("detect_negative", 1) != 0 &&
                          call.node.int_attribute("detect_positive", 1) != 0;
  return both_signs ? test<IsInfinite>(call) : std::nullopt;
}

Results clip(const Call& call) {
  const Tensor* source = call.input(0);
  if (source == nullptr || source->dtype() == DataType::boolean) return std::nullopt;
  std::optional<Tensor> result;
  with_element(source->dtype(), [&]<class T>(std::type_identity<T>) {
    using C = Computed<T>;
    const auto bound = [&](std::size_t slot, const char* name, C otherwise) -> std::optional<C> {
      if (const auto number = call.node.float_attribute(name))
        return static_cast<C>(convert_element<T>(*number));
      if (call.input(slot) == nullptr) return otherwise;
      const auto given = elements<T>(*call.input(slot));
      if (!given || given->size() != 1 || call.input(slot)->dtype() != source->dtype())
        return std::nullopt;
      return static_cast<C>(given->front());
    };
    const auto low = bound(1, "min", std::numeric_limits<C>::lowest());
    const auto high = bound(2, "max", std::numeric_limits<C>::max());
    if (!low || !high) return;
    result = mapped<T, T>(*source, source->dtype(),
                          [&](C x) { return std::min(std::max(x, *low), *high); });
  });
  return single(result);
}

}  // namespace

void add_unary(Kernels& kernels) {
  kernels.insert({{"Sqrt", floating<SquareRoot>},
                  {"Reciprocal", floating<Inverse>},
                  {"Exp", floating<Exponential>},
                  {"Log", floating<Logarithm>},
                  {"Erf", floating<ErrorFunction>},
                  {"Tanh", floating<HyperbolicTangent>},
                  {"Sigmoid", floating<Sigmoid>},
                  {"Sin", floating<Sine>},
                  {"Cos", floating<Cosine>},
                  {"Floor", floating<RoundDown>},
                  {"Ceil", floating<RoundUp>},
                  {"Round", floating<RoundNearest>},
                  {"Neg", numeric<Negate>},
                  {"Abs", numeric<Absolute>},
                  {"Sign", numeric<Sign>},
                  {"Relu", numeric<Positive>},
                  {"Not", negation},
                  {"IsNaN", test<IsNan>},
                  {"IsInf", is_infinite},
                  {"Clip", clip}});
}

}  // namespace ortopt::folding
