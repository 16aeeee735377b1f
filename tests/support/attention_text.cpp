#include "tests/support/attention_text.h"

#include <bit>
#include <cctype>
#include <cstddef>
#include <functional>
#include <numeric>
#include <sstream>

namespace ortopt::test_support {
namespace {

std::size_t count_of(const std::vector<int64_t>& dims) {
  return static_cast<std::size_t>(
      std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<>()));
}

/// The bits of a number that float16 holds exactly and normally.
uint32_t half_bits(double number) {
  if (number == 0) return 0;
  const auto bits = std::bit_cast<uint32_t>(static_cast<float>(number));
  const uint32_t exponent = (bits >> 23 & 0xFF) - 127 + 15;
  return (bits >> 31) << 15 | exponent << 10 | (bits >> 13 & 0x3FF);
}

constexpr const char* usual_constants =
    "int64[4] split = {0, 0, 2, 4}, int64[3] merge = {0, 0, 8}, int64[2] flat = {-1, 8}, "
    "float half = {0.5}, float c = {2}, float one = {1}, float low = {-10000}, "
    "int64[1] at1 = {1}, int64[2] at12 = {1, 2}";

/// The declarations of a list, parted at the commas between them.
std::vector<std::string> separated(const std::string& list) {
  std::vector<std::string> parts = {""};
  int depth = 0;
  for (const char letter : list) {
    if (letter == '[' || letter == '{') ++depth;
    if (letter == ']' || letter == '}') --depth;
    if (letter == ',' && depth == 0)
      parts.emplace_back();
    else if (!parts.back().empty() || letter != ' ')
      parts.back() += letter == '\n' ? ' ' : letter;
  }
  return parts;
}

bool mentions(const std::string& text, const std::string& name) {
  const auto is_letter = [](char letter) { return std::isalnum(letter) != 0 || letter == '_'; };
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const bool begins = at == 0 || !is_letter(text[at - 1]);
    const std::size_t end = at + name.size();
    if (begins && (end == text.size() || !is_letter(text[end]))) return true;
  }
  return false;
}

}  // namespace

Numbers Numbers::of(std::vector<int64_t> dims, int seed) {
  Numbers numbers{.dims = std::move(dims)};
  for (std::size_t k = 0; k < count_of(numbers.dims); ++k) {
    const auto step = static_cast<int>(k * k * 5 + k * 7) + seed * 13;
    numbers.values.push_back((step % 17 - 8) / 8.0);
  }
  return numbers;
}

Numbers Numbers::reshaped(std::vector<int64_t> to) const { return {std::move(to), values}; }

Numbers Numbers::times(double factor) const {
  Numbers result = *this;
  for (double& value : result.values) value *= factor;
  return result;
}

Numbers Numbers::turned() const {
  Numbers result{.dims = {dims[1], dims[0]}};
  for (int64_t column = 0; column < dims[1]; ++column)
    for (int64_t row = 0; row < dims[0]; ++row)
      result.values.push_back(values[static_cast<std::size_t>(row * dims[1] + column)]);
  return result;
}

Numbers Numbers::taken(const std::vector<int64_t>& columns) const {
  Numbers result{.dims = dims};
  result.dims.back() = static_cast<int64_t>(columns.size());
  for (std::size_t row = 0; row < values.size(); row += static_cast<std::size_t>(dims.back()))
    for (const int64_t column : columns)
      result.values.push_back(values[row + static_cast<std::size_t>(column)]);
  return result;
}

std::string Numbers::text(const std::string& name, const std::string& type) const {
  std::ostringstream text;
  text << type << "[";
  for (std::size_t k = 0; k < dims.size(); ++k) text << (k == 0 ? "" : ", ") << dims[k];
  text << "] " << name << " = {";
  for (std::size_t k = 0; k < values.size(); ++k) {
    text << (k == 0 ? "" : ", ");
    if (type == "float16")
      text << half_bits(values[k]);
    else
      text << values[k];
  }
  text << "}";
  return text.str();
}

Numbers side_by_side(const std::vector<Numbers>& parts) {
  Numbers result{.dims = parts.front().dims};
  result.dims.back() = 0;
  for (const Numbers& part : parts) result.dims.back() += part.dims.back();
  const std::size_t rows =
      parts.front().dims.size() == 1 ? 1 : static_cast<std::size_t>(parts.front().dims.front());
  for (std::size_t row = 0; row < rows; ++row)
    for (const Numbers& part : parts) {
      const auto width = static_cast<std::ptrdiff_t>(part.dims.back());
      const auto from = part.values.begin() + static_cast<std::ptrdiff_t>(row) * width;
      result.values.insert(result.values.end(), from, from + width);
    }
  return result;
}

std::string AttentionNumbers::text(const std::string& type) const {
  return wq.text("wq", type) + ", " + wk.text("wk", type) + ", " + wv.text("wv", type) + ", " +
         bq.text("bq", type) + ", " + bk.text("bk", type) + ", " + bv.text("bv", type);
}

std::string AttentionNumbers::packed(const std::string& type) const {
  return side_by_side({wq, wk, wv}).text("w", type) + ", " +
         side_by_side({bq, bk, bv}).text("b", type);
}

std::string attention_graph(const std::string& signature, const std::string& constants,
                            const std::string& body) {
  std::string used;
  for (const std::string& constant : separated(constants + ", " + usual_constants)) {
    const std::string declared = constant.substr(0, constant.find(" ="));
    const std::string name = declared.substr(declared.rfind(' ') + 1);
    if (mentions(body, name)) used += (used.empty() ? "" : ", ") + constant;
  }
  return "g " + signature + " <" + used + "> {" + body + "}";
}

std::string torch_operands() {
  return R"(
    q0 = MatMul(x, wq) q1 = Add(bq, q0) q2 = Reshape(q1, split) q = Transpose<perm = [0, 2, 1, 3]>(q2)
    k0 = MatMul(x, wk) k1 = Add(bk, k0) k2 = Reshape(k1, split) kt = Transpose<perm = [0, 2, 3, 1]>(k2)
    v0 = MatMul(x, wv) v1 = Add(bv, v0) v2 = Reshape(v1, split) v = Transpose<perm = [0, 2, 1, 3]>(v2)
  )";
}

}  // namespace ortopt::test_support
