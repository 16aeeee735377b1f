#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ortopt {

/// Element types, numbered as in ONNX's TensorProto.DataType.
enum class DataType : int32_t {
  undefined = 0,
  float32 = 1,
  uint8 = 2,
  int8 = 3,
  uint16 = 4,
  int16 = 5,
  int32 = 6,
  int64 = 7,
  string = 8,
  boolean = 9,
  float16 = 10,
  float64 = 11,
  uint32 = 12,
  uint64 = 13,
  complex64 = 14,
  complex128 = 15,
  bfloat16 = 16,
  float8e4m3fn = 17,
  float8e4m3fnuz = 18,
  float8e5m2 = 19,
  float8e5m2fnuz = 20,
  uint4 = 21,
  int4 = 22,
  float4e2m1 = 23,
  float8e8m0 = 24,
};

/// Bits of one element as stored in raw data; 0 for strings and undefined.
[[nodiscard]] std::size_t bits_of(DataType type);

/// The name of ONNX's text syntax: "float", "int64", "float16"; "type<N>" for a number that is not
/// known.
[[nodiscard]] std::string name_of(DataType type);

/// float16, bfloat16, float32 or float64.
[[nodiscard]] bool is_floating(DataType type);

/// Signed or unsigned integers of 8 to 64 bits; not bool.
[[nodiscard]] bool is_integer(DataType type);

/// A dimension as the file declares it: a size, a symbol, or nothing (both empty).
struct DeclaredDim {
  std::optional<int64_t> size;
  std::string symbol;

  friend bool operator==(const DeclaredDim&, const DeclaredDim&) = default;
};

/// A declared shape; an absent one means unknown rank.
using DeclaredShape = std::vector<DeclaredDim>;

/// An operator set version, as imported by the model for one domain.
struct Opset {
  int64_t version = 0;

  friend auto operator<=>(const Opset&, const Opset&) = default;
};

}  // namespace ortopt
