#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/ir/tensor.h"

namespace ortopt {

/// What the header of a NumPy array says.
struct NpyHeader {
  std::string type;  ///< "<f4"
  bool is_column_major = false;
  std::vector<int64_t> dims;
};

/// Where the header's text lies in an array file.
struct NpyHeaderPlace {
  std::size_t start = 0;
  std::size_t length = 0;
};

/// Reads the first `npy_prefix_size` bytes of an array file, all versions of the format.
inline constexpr std::size_t npy_prefix_size = 12;
[[nodiscard]] Result<NpyHeaderPlace> find_npy_header(std::string_view prefix);

/// Reads the header's text, a Python literal: "{'descr': '<f4', 'fortran_order': False, 'shape':
/// (2, 3), }".
[[nodiscard]] Result<NpyHeader> parse_npy_header(std::string_view text);

/// Bytes of content that the header announces. Fails for types that are no numbers or text, and for
/// impossible dimensions.
[[nodiscard]] Result<uint64_t> npy_content_size(const NpyHeader& header);

/// The array whose content is `bytes`, npy_content_size of them.
[[nodiscard]] Result<Tensor> tensor_from_npy(const NpyHeader& header, std::vector<std::byte> bytes);

/// A whole array file. Fails for types that NumPy lacks.
[[nodiscard]] Result<std::string> npy_from_tensor(const Tensor& tensor);

}  // namespace ortopt
