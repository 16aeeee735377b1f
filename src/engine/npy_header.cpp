#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/npy.h"

namespace ortopt {
namespace {

/// Reads the few forms of Python's literals that headers are made of.
class Literal {
 public:
  explicit Literal(std::string_view text) : text_(text) {}

  /// Skips blanks and takes `wanted` when it is next.
  bool take(std::string_view wanted) {
    text_.remove_prefix(std::min(text_.find_first_not_of(" \n\t"), text_.size()));
    if (!text_.starts_with(wanted)) return false;
    text_.remove_prefix(wanted.size());
    return true;
  }
  std::optional<std::string> string() {
    const bool is_double = take("\"");
    if (!is_double && !take("'")) return std::nullopt;
    const std::size_t end = text_.find(is_double ? '"' : '\'');
    if (end == std::string_view::npos) return std::nullopt;
    std::string out(text_.substr(0, end));
    text_.remove_prefix(end + 1);
    return out;
  }
  std::optional<bool> boolean() {
    if (take("True")) return true;
    if (take("False")) return false;
    return std::nullopt;
  }
  std::optional<std::vector<int64_t>> sizes() {
    if (!take("(")) return std::nullopt;
    std::vector<int64_t> out;
    while (!take(")")) {
      const std::optional<int64_t> size = number();
      if (!size) return std::nullopt;
      out.push_back(*size);
      take("L");  // As Python 2 wrote them.
      if (!take(",") && !text_.starts_with(")")) return std::nullopt;
    }
    return out;
  }

 private:
  std::optional<int64_t> number() {
    take("");
    int64_t out = 0;
    const auto [end, problem] = std::from_chars(text_.data(), text_.data() + text_.size(), out);
    if (problem != std::errc() || out < 0) return std::nullopt;
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return out;
  }

  std::string_view text_;
};

std::optional<NpyHeader> read_header(std::string_view text) {
  Literal literal(text);
  std::optional<std::string> type;
  std::optional<bool> is_column_major;
  std::optional<std::vector<int64_t>> dims;
  if (!literal.take("{")) return std::nullopt;
  while (!literal.take("}")) {
    const std::optional<std::string> key = literal.string();
    if (!key || !literal.take(":")) return std::nullopt;
    if (*key == "descr" && !(type = literal.string())) return std::nullopt;
    if (*key == "fortran_order" && !(is_column_major = literal.boolean())) return std::nullopt;
    if (*key == "shape" && !(dims = literal.sizes())) return std::nullopt;
    literal.take(",");
  }
  if (!type || !is_column_major || !dims) return std::nullopt;
  return NpyHeader{std::move(*type), *is_column_major, std::move(*dims)};
}

}  // namespace

Result<NpyHeaderPlace> find_npy_header(std::string_view prefix) {
  if (prefix.size() < npy_prefix_size || !prefix.starts_with("\x93NUMPY"))
    return fail(Code::usage, "it is no NumPy array");
  const auto byte = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(prefix[at]));
  };
  const std::size_t version = byte(6);
  if (version == 1) return NpyHeaderPlace{10, byte(8) + (byte(9) << 8U)};
  const std::size_t length = byte(8) + (byte(9) << 8U) + (byte(10) << 16U) + (byte(11) << 24U);
  if (version == 2 || version == 3) return NpyHeaderPlace{12, length};
  return fail(Code::usage,
              "version " + std::to_string(version) + " of NumPy's format is not known here");
}

Result<NpyHeader> parse_npy_header(std::string_view text) {
  std::optional<NpyHeader> header = read_header(text);
  if (header) return std::move(*header);
  constexpr std::size_t enough = 80;
  return fail(Code::usage,
              "the array's header is not understood (structured arrays are not taken): " +
                  std::string(text.substr(0, enough)));
}

}  // namespace ortopt
