// What a kill in the middle of an in-place save leaves behind.
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

#include "ortopt/ir/load.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

using std::chrono::microseconds;

/// A real model with `megabytes` more of weights, which an output needs: saving it takes a while.
void write_padded_model(const std::filesystem::path& path, std::size_t megabytes) {
  onnx::ModelProto model;
  ASSERT_TRUE(model.ParseFromString(
      test_support::bytes_of_file(ORTOPT_MODELS "/bert-t21-legacy-eager-op13.onnx")));
  onnx::GraphProto& graph = *model.mutable_graph();
  onnx::TensorProto& padding = *graph.add_initializer();
  padding.set_name("padding");
  padding.set_data_type(onnx::TensorProto::FLOAT);
  padding.add_dims(static_cast<int64_t>(megabytes) << 18);
  padding.mutable_raw_data()->resize(megabytes << 20);
  std::mt19937 random(1);
  for (char& byte : *padding.mutable_raw_data()) byte = static_cast<char>(random() & 0x3F);
  onnx::ValueInfoProto& offset = *graph.add_input();
  offset.set_name("offset");
  offset.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  offset.mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(1);
  onnx::NodeProto& node = *graph.add_node();
  node.set_op_type("Add");
  node.add_input("padding");
  node.add_input("offset");
  node.add_output("padded");
  onnx::ValueInfoProto& output = *graph.add_output();
  output.set_name("padded");
  output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  std::ofstream file(path, std::ios::binary);
  ASSERT_TRUE(model.SerializeToOstream(&file));
}

class CrashSafety : public testing::Test {
 protected:
  void SetUp() override {
    write_padded_model(original_, 12);
    before_ = test_support::bytes_of_file(original_);
    put_original_back();
    const test_support::Outcome run = optimise_in_place();
    ASSERT_EQ(run.exit_code, 0) << run.err;
    duration_ = run.duration;
    after_ = test_support::bytes_of_file(model_);
    ASSERT_NE(before_, after_);
  }

  [[nodiscard]] test_support::Outcome optimise_in_place(
      std::optional<microseconds> kill_after = std::nullopt) const {
    return test_support::run_process(ORTOPT_BIN "/ort-opt",
                                     {"--input", model_, "--output", model_, "--verify", "off"},
                                     folder_.path(), kill_after);
  }
  void put_original_back() const {
    std::filesystem::remove_all(model_.parent_path());
    std::filesystem::create_directory(model_.parent_path());
    std::filesystem::copy_file(original_, model_);
  }

  /// Other work on the machine makes runs take longer or shorter than the first one took; kills
  /// are to come before and after the end all the same.
  void follow_the_machine(microseconds delay, bool was_done) {
    if (was_done && delay < duration_) duration_ = delay;
    if (!was_done && delay > duration_) duration_ = delay * 3 / 2;
  }

  test_support::TemporaryFolder folder_;
  std::filesystem::path original_ = folder_.path() / "original.onnx";
  std::filesystem::path model_ = folder_.path() / "work" / "model.onnx";
  std::string before_;
  std::string after_;
  microseconds duration_{};
};

TEST_F(CrashSafety, AHundredKillsLeaveTheOldOrTheNewModel) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): any moments will do
  std::uniform_int_distribution<int64_t> percent(0, 125);
  int old_models = 0;
  int new_models = 0;
  for (int kill = 0; kill < 100; ++kill) {
    put_original_back();
    const microseconds delay = duration_ * percent(random) / 100;
    (void)optimise_in_place(delay);
    const std::string found = test_support::bytes_of_file(model_);
    ASSERT_TRUE(found == before_ || found == after_)
        << "neither the old nor the new model after a kill at " << delay.count() << " us";
    ASSERT_TRUE(load(model_)) << "no longer loads after a kill at " << delay.count() << " us";
    ++(found == before_ ? old_models : new_models);
    follow_the_machine(delay, found == after_);
  }
  RecordProperty("old_models", old_models);
  RecordProperty("new_models", new_models);
  EXPECT_GT(old_models, 0) << "every kill came too late to prove anything";
  EXPECT_GT(new_models, 0) << "every kill came too early to prove anything";
}

TEST_F(CrashSafety, ARunAfterAKillSucceeds) {
  put_original_back();
  (void)optimise_in_place(duration_ / 2);
  const bool was_old = test_support::bytes_of_file(model_) == before_;
  const test_support::Outcome run = optimise_in_place();
  EXPECT_EQ(run.exit_code, 0) << run.err;
  // A kill that came too late leaves the new model; optimising that one records another history.
  EXPECT_TRUE(!was_old || test_support::bytes_of_file(model_) == after_);
  EXPECT_TRUE(load(model_));
}

}  // namespace
}  // namespace ortopt
