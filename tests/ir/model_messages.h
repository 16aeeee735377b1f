#pragma once

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace ortopt::test_support {

/// A message from protobuf's text form. Throws on a mistake in it.
template <class Message>
Message message_of(const std::string& text) {
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message))
    throw std::runtime_error("not a message: " + text);
  return message;
}

/// A model of IR 8 and opset 17 around the text form of a GraphProto's fields.
inline onnx::ModelProto model_message(const std::string& graph) {
  return message_of<onnx::ModelProto>(
      "ir_version: 8 opset_import { version: 17 } graph { name: 'g' " + graph + "}");
}

/// `count` floats seed, seed + 1, … as raw data.
inline onnx::TensorProto raw_floats(const std::string& name, int64_t count, float seed = 0) {
  onnx::TensorProto tensor;
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.add_dims(count);
  std::string& raw = *tensor.mutable_raw_data();
  for (int64_t i = 0; i < count; ++i) {
    const float number = seed + static_cast<float>(i);
    raw.append(reinterpret_cast<const char*>(&number), sizeof(number));
  }
  return tensor;
}

}  // namespace ortopt::test_support
