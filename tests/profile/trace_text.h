#pragma once

#include <string>
#include <vector>

namespace ortopt::test_support {

/// Writes profiles as ONNX Runtime does, a record at a time.
class TraceText {
 public:
  TraceText& session(const std::string& name, int start, int duration, int thread = 1) {
    return record("Session", name, start, duration, thread, "{}");
  }
  TraceText& run(int start, int duration) { return session("model_run", start, duration); }
  TraceText& executor(int start, int duration, int thread = 1) {
    return session("SequentialExecutor::Execute", start, duration, thread);
  }
  TraceText& node(const std::string& name, const std::string& op, int start, int duration,
                  int thread = 1, const std::string& provider = "CPUExecutionProvider") {
    return record("Node", name + "_kernel_time", start, duration, thread,
                  R"({"op_name":")" + op + R"(","provider":")" + provider +
                      R"(","input_type_shape":[{"float":[2,16]},{"int64":[]}]})");
  }
  TraceText& fence(const std::string& name, const std::string& op, int start, int duration) {
    return record("Node", name + "_fence_before", start, duration, 1,
                  R"({"op_name":")" + op + "\"}");
  }
  TraceText& device(const std::string& kernel, int start, int duration) {
    return record("Kernel", kernel, start, duration, 7, R"({"op_name":"MatMul"})");
  }
  [[nodiscard]] std::string text() const { return text_ + "\n]\n"; }
  [[nodiscard]] std::string broken_off() const { return text_ + ",\n{\"cat\" : \"No"; }

 private:
  TraceText& record(const std::string& category, const std::string& name, int start, int duration,
                    int thread, const std::string& arguments) {
    text_ += text_ == "[" ? "\n" : ",\n";
    text_ += R"({"cat":")" + category + R"(","pid":1,"tid":)" + std::to_string(thread) +
             R"(,"dur":)" + std::to_string(duration) + R"(,"ts":)" + std::to_string(start) +
             R"(,"ph":"X","name":")" + name + R"(","args":)" + arguments + "}";
    return *this;
  }

  std::string text_ = "[";
};

}  // namespace ortopt::test_support
