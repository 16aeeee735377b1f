#pragma once

#include <filesystem>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/engine/engine.h"

namespace ortopt {

/// The arrays of a NumPy archive, in the file's order, under their names. Any byte order and memory
/// order; numbers, bools and text. Fails with `failure` when the file cannot be read, with `usage`
/// when it is no archive of such arrays.
[[nodiscard]] Result<std::vector<NamedTensor>> read_npz(const std::filesystem::path& file);

/// Writes a NumPy archive. Fails with `usage` for element types that NumPy lacks.
[[nodiscard]] Result<void> write_npz(const std::filesystem::path& file,
                                     const std::vector<NamedTensor>& tensors);

/// Inputs and outputs of ONNX's test data (`test_data_set_0/input_0.pb`, `output_0.pb`), in the
/// order of their numbers. A tensor without a name has none here. There may be no outputs.
struct TestData {
  std::vector<NamedTensor> inputs;
  std::vector<NamedTensor> outputs;
};

/// Reads such a folder. Fails with `failure` when a file cannot be read, with `usage` when one is no
/// tensor or no input is there.
[[nodiscard]] Result<TestData> read_test_data(const std::filesystem::path& folder);

/// Writes such a folder, making it when it is missing. Files that an earlier set left there are
/// removed.
[[nodiscard]] Result<void> write_test_data(const std::filesystem::path& folder,
                                           const TestData& data);

/// The samples at a place, each for read_sample: an `.npz` file, a test data folder, or the
/// `test_data_set_*` folders and `.npz` files of a folder, by number. Fails with `usage` when there
/// are none.
[[nodiscard]] Result<std::vector<std::filesystem::path>> find_samples(
    const std::filesystem::path& place);

/// The tensors of one sample: those of an `.npz` file, or the inputs of a test data folder.
[[nodiscard]] Result<std::vector<NamedTensor>> read_sample(const std::filesystem::path& sample);

/// One tensor for each input: by name, or in their order when no name is known. Where the model
/// wants another width, integers are converted if nothing is lost, and floats are rounded. Tensors
/// that no input asks for are left out. Fails with `usage`, naming what is missing or does not fit.
[[nodiscard]] Result<std::vector<NamedTensor>> matched_to_inputs(const std::vector<Port>& inputs,
                                                                 std::vector<NamedTensor> tensors);

}  // namespace ortopt
