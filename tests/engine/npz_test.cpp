#include <gmock/gmock.h>
#include <zip.h>

#include <fstream>
#include <map>

#include "engine/npy.h"
#include "ortopt/engine/input_files.h"
#include "tests/engine/temporary_models.h"

namespace ortopt {
namespace {

using engine_test::TemporaryModels;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using namespace std::string_literals;

/// An array file of version 1, as NumPy writes it.
std::string array(const std::string& type, const std::string& shape, const std::string& content,
                  const std::string& order = "False") {
  std::string header =
      "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
  return "\x93NUMPY\x01\x00"s + static_cast<char>(header.size()) + '\0' + header + content;
}

std::filesystem::path archive(TemporaryModels& files,
                              const std::map<std::string, std::string>& members) {
  const std::filesystem::path path = files.folder() / "arrays.npz";
  zip_t* zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const auto& [name, content] : members)
    zip_file_add(zip, name.c_str(), zip_source_buffer(zip, content.data(), content.size(), 0), 0);
  zip_close(zip);
  return path;
}

/// The only array of an archive that holds `content`.
Result<Tensor> read(const std::string& content) {
  TemporaryModels files;
  Result<std::vector<NamedTensor>> tensors = read_npz(archive(files, {{"a.npy", content}}));
  if (!tensors) return pass_on(tensors.error());
  return tensors->at(0).tensor;
}

std::vector<double> numbers(const std::string& content) {
  const Result<Tensor> tensor = read(content);
  if (!tensor) throw std::runtime_error(tensor.error().text());
  return *tensor->numbers();
}

TEST(Npz, TypesAndByteOrders) {
  EXPECT_THAT(numbers(array("<i4", "(2,)", "\1\0\0\0\2\0\0\0"s)), ElementsAre(1, 2));
  EXPECT_THAT(numbers(array(">i4", "(2,)", "\0\0\0\1\0\0\0\2"s)), ElementsAre(1, 2));
  EXPECT_THAT(numbers(array("|b1", "(2,)", "\1\0"s)), ElementsAre(1, 0));
  EXPECT_THAT(numbers(array("<f2", "(1,)", "\0\x3c"s)), ElementsAre(1));
  EXPECT_THAT(numbers(array("<f4", "()", "\0\0\x80\x3f"s)), ElementsAre(1));
  EXPECT_EQ(read(array("<i8", "(0, 3)", ""))->dims(), (std::vector<int64_t>{0, 3}));
}

TEST(Npz, ColumnMajorArraysAreTurned) {
  const Result<Tensor> tensor = read(array("|u1", "(2, 3)", "\1\4\2\5\3\6", "True"));
  ASSERT_TRUE(tensor) << tensor.error().text();
  EXPECT_THAT(tensor->dims(), ElementsAre(2, 3));
  EXPECT_THAT(*tensor->numbers(), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Npz, TextBecomesStrings) {
  const std::string content = "a\0\0\0\xe9\0\0\0\x00\xf6\x01\0\0\0\0\0"s;  // "aé", "😀"
  const Result<Tensor> tensor = read(array("<U2", "(2,)", content));
  ASSERT_TRUE(tensor) << tensor.error().text();
  EXPECT_THAT(*std::get<Tensor::Strings>(tensor->content()),
              ElementsAre("a\xc3\xa9", "\xf0\x9f\x98\x80"));
  EXPECT_THAT(*std::get<Tensor::Strings>(read(array("|S3", "(1,)", "ab\0"s))->content()),
              ElementsAre("ab"));
}

TEST(Npz, HeadersOfOtherVersionsAndWriters) {
  const std::string header = "{\"shape\": (2L,), 'fortran_order':False, \"descr\": \"|u1\"}";
  const std::string content =
      "\x93NUMPY\x02\x00"s + static_cast<char>(header.size()) + "\0\0\0"s + header + "\7\x8";
  EXPECT_THAT(numbers(content), ElementsAre(7, 8));
}

TEST(Npz, WhatIsNoArrayOfNumbersIsAnErrorThatSaysWhichAndWhy) {
  const std::map<std::string, std::string> wrong = {
      {array("|O", "(1,)", "x"), "neither numbers nor text"},
      {array("<V2", "(1,)", "xx"), "neither numbers nor text"},
      {array("<i4", "(2,)", "xxxx"), "its size is not the one"},
      {array("<i4", "(1,)", "xxxxx"), "its size is not the one"},
      {array("<i4", "(4611686018427387904, 4)", ""), "impossible"},
      {array("<i4", "(-1,)", ""), "not understood"},
      {array("<i4", "(1 2)", ""), "not understood"},
      {"\x93NUMPY\x01\x00\xff\xff{'descr'"s, "it ends too early"},
      {"\x93NUMPY\x09\x00\x01\x00     "s, "version 9"},
      {"", "it ends too early"},
      {"hello, this is text", "no NumPy array"},
  };
  for (const auto& [content, reason] : wrong) {
    const Result<Tensor> tensor = read(content);
    ASSERT_FALSE(tensor) << reason;
    EXPECT_EQ(tensor.error().code, Code::usage);
    EXPECT_THAT(tensor.error().text(), HasSubstr(reason));
    EXPECT_THAT(tensor.error().text(), HasSubstr("array 'a'"));
  }
}

TEST(Npz, AnArchiveThatAnnouncesMoreThanItHoldsTakesNoMemory) {
  TemporaryModels files;
  const auto path = archive(files, {{"a.npy", array("<i4", "(1,)", "xxxx")}});
  std::string bytes;
  {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  // The size in the central directory.
  const std::size_t entry = bytes.find("PK\1\2");
  bytes.replace(entry + 24, 4, "\xff\xff\xff\x7f");
  const Result<std::vector<NamedTensor>> tensors = read_npz(files.write("bomb.npz", bytes));
  ASSERT_FALSE(tensors);
}

TEST(Npz, FilesThatAreNoArchiveOrNotThere) {
  TemporaryModels files;
  EXPECT_EQ(read_npz(files.write("text.npz", "hello")).error().code, Code::usage);
  const auto missing = read_npz(files.folder() / "missing.npz");
  EXPECT_EQ(missing.error().code, Code::failure);
  EXPECT_THAT(missing.error().text(), HasSubstr("missing.npz"));
}

TEST(Npz, WhatIsWrittenIsRead) {
  TemporaryModels files;
  const auto path = files.folder() / "out.npz";
  const std::vector<NamedTensor> tensors = {
      {"/layer/Add_0", Tensor::of(DataType::float16, {2, 2}, std::vector<double>{1, 2, 3, 4})},
      {"scalar", Tensor::scalar(DataType::int64, -5)},
      {"none", Tensor::of(DataType::boolean, {0}, {})}};
  const Result<void> written = write_npz(path, tensors);
  ASSERT_TRUE(written) << written.error().text();
  const Result<std::vector<NamedTensor>> read = read_npz(path);
  ASSERT_TRUE(read) << read.error().text();
  ASSERT_EQ(read->size(), tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    EXPECT_EQ((*read)[i].name, tensors[i].name);
    EXPECT_EQ((*read)[i].tensor.dtype(), tensors[i].tensor.dtype());
    EXPECT_EQ((*read)[i].tensor.dims(), tensors[i].tensor.dims());
    EXPECT_EQ(*(*read)[i].tensor.numbers(), *tensors[i].tensor.numbers());
  }
}

TEST(Npz, ContentStartsAtAMultipleOf64Bytes) {
  for (const std::vector<int64_t>& dims :
       {std::vector<int64_t>{}, {1}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}}) {
    const Result<std::string> file =
        npy_from_tensor(Tensor::of(DataType::uint8, dims, std::vector<double>{9}));
    ASSERT_TRUE(file);
    EXPECT_EQ((file->size() - 1) % 64, 0U);
    EXPECT_EQ(file->back(), 9);
    EXPECT_EQ((*file)[file->size() - 2], '\n');
  }
}

TEST(Npz, ATypeThatNumPyLacksIsNotWritten) {
  TemporaryModels files;
  const auto path = files.folder() / "out.npz";
  const Result<void> written =
      write_npz(path, {{"x", Tensor::of(DataType::bfloat16, {1}, std::vector<double>{1})}});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::usage);
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace ortopt
