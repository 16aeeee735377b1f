#include "ortopt/ir/type.h"

#include <array>
#include <string>

namespace ortopt {
namespace {

struct TypeFacts {
  std::string_view name;
  std::size_t bits;
};

// In the order of DataType.
constexpr std::array<TypeFacts, 25> facts = {{
    {"undefined", 0},      {"float", 32},       {"uint8", 8},          {"int8", 8},
    {"uint16", 16},        {"int16", 16},       {"int32", 32},         {"int64", 64},
    {"string", 0},         {"bool", 8},         {"float16", 16},       {"double", 64},
    {"uint32", 32},        {"uint64", 64},      {"complex64", 64},     {"complex128", 128},
    {"bfloat16", 16},      {"float8e4m3fn", 8}, {"float8e4m3fnuz", 8}, {"float8e5m2", 8},
    {"float8e5m2fnuz", 8}, {"uint4", 4},        {"int4", 4},           {"float4e2m1", 4},
    {"float8e8m0", 8},
}};

const TypeFacts* facts_of(DataType type) {
  const auto number = static_cast<int32_t>(type);
  if (number < 0 || number >= static_cast<int32_t>(facts.size())) return nullptr;
  return &facts[static_cast<std::size_t>(number)];
}

}  // namespace

std::size_t bits_of(DataType type) {
  const TypeFacts* known = facts_of(type);
  return known == nullptr ? 0 : known->bits;
}

std::string name_of(DataType type) {
  const TypeFacts* known = facts_of(type);
  if (known == nullptr) return "type<" + std::to_string(static_cast<int32_t>(type)) + ">";
  return std::string(known->name);
}

bool is_floating(DataType type) {
  return type == DataType::float32 || type == DataType::float16 || type == DataType::bfloat16 ||
         type == DataType::float64;
}

bool is_integer(DataType type) {
  switch (type) {
    case DataType::uint8:
    case DataType::int8:
    case DataType::uint16:
    case DataType::int16:
    case DataType::int32:
    case DataType::int64:
    case DataType::uint32:
    case DataType::uint64:
      return true;
    default:
      return false;
  }
}

}  // namespace ortopt
