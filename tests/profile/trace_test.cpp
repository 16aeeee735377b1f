#include "ortopt/profile/trace.h"

#include <gtest/gtest.h>

#include "tests/profile/trace_text.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

using Kind = TraceEvent::Kind;
using test_support::TraceText;

class TraceFile : public testing::Test {
 protected:
  Result<Trace> read(const std::string& text) {
    return read_trace(folder_.write("onnxruntime_profile__x.json", text));
  }

 private:
  test_support::TemporaryFolder folder_;
};

TEST_F(TraceFile, TellsWhatEachRecordIs) {
  const Result<Trace> trace = read(TraceText()
                                       .session("session_initialization", 0, 50)
                                       .run(100, 30)
                                       .executor(101, 28)
                                       .fence("dense/MatMul", "MatMul", 102, 1)
                                       .node("dense/MatMul", "MatMul", 103, 20)
                                       .device("sgemm_128x64", 110, 15)
                                       .text());
  ASSERT_TRUE(trace) << trace.error().text();
  ASSERT_EQ(trace->events.size(), 6U);
  const auto kind = [&](int i) { return trace->events[static_cast<std::size_t>(i)].kind; };
  EXPECT_EQ(kind(0), Kind::session);
  EXPECT_EQ(kind(1), Kind::run);
  EXPECT_EQ(kind(2), Kind::executor);
  EXPECT_EQ(kind(3), Kind::fence);
  EXPECT_EQ(kind(4), Kind::node);
  EXPECT_EQ(kind(5), Kind::device);
  const TraceEvent& node = trace->events[4];
  EXPECT_EQ(node.name, "dense/MatMul") << "without what the runtime appends";
  EXPECT_EQ(node.op, "MatMul");
  EXPECT_EQ(node.provider, "CPUExecutionProvider");
  EXPECT_EQ(node.inputs, "float[2, 16], int64[]");
  EXPECT_EQ(node.start, 103);
  EXPECT_EQ(node.duration, 20);
  EXPECT_FALSE(trace->broken_off);
}

TEST_F(TraceFile, WhatAKilledProcessLeftIsReadAsFarAsItGoes) {
  const Result<Trace> trace = read(TraceText().run(0, 10).node("a", "Add", 1, 2).broken_off());
  ASSERT_TRUE(trace) << trace.error().text();
  EXPECT_EQ(trace->events.size(), 2U);
  EXPECT_TRUE(trace->broken_off);
}

TEST_F(TraceFile, OtherFilesAreRefused) {
  for (const char* text : {"", "hello", "{\"a\": 1}", "[]", "[1, 2]", "[{\"name\": \"x\"}]"}) {
    const Result<Trace> trace = read(text);
    ASSERT_FALSE(trace) << text;
    EXPECT_EQ(trace.error().code, Code::usage) << text;
  }
}

TEST_F(TraceFile, RecordsOfUnexpectedTypesDoNoHarm) {
  const Result<Trace> trace = read(R"([{"ph":"X","ts":1.5,"dur":"x","name":7,"cat":null,"args":[1]},
               {"ph":"X","ts":2,"name":"n_kernel_time","cat":"Node",
                "args":{"op_name":3,"input_type_shape":[{"float":7}, 5]}}])");
  ASSERT_TRUE(trace) << trace.error().text();
  EXPECT_EQ(trace->events.size(), 2U);
}

}  // namespace
}  // namespace ortopt
