#include "ir/wire.h"

#include <array>

namespace ortopt {
namespace {

struct Nesting {
  MessageKind parent;
  uint32_t number;
  MessageKind child;
};

constexpr std::array<Nesting, 11> nestings = {{
    {MessageKind::model, 7, MessageKind::graph},
    {MessageKind::model, 25, MessageKind::function},
    {MessageKind::graph, 1, MessageKind::node},
    {MessageKind::graph, 5, MessageKind::tensor},
    {MessageKind::node, 5, MessageKind::attribute},
    {MessageKind::attribute, 5, MessageKind::tensor},
    {MessageKind::attribute, 6, MessageKind::graph},
    {MessageKind::attribute, 10, MessageKind::tensor},
    {MessageKind::attribute, 11, MessageKind::graph},
    {MessageKind::function, 7, MessageKind::node},
    {MessageKind::function, 11, MessageKind::attribute},
}};

}  // namespace

std::optional<MessageKind> child_kind(MessageKind parent, uint32_t number) {
  for (const Nesting& nesting : nestings)
    if (nesting.parent == parent && nesting.number == number) return nesting.child;
  return std::nullopt;
}

void append_varint(std::string& to, uint64_t number) {
  for (; number >= 0x80; number >>= 7) to.push_back(static_cast<char>(number | 0x80));
  to.push_back(static_cast<char>(number));
}

void append_tag(std::string& to, uint32_t number, WireType type) {
  append_varint(to, uint64_t{number} << 3 | static_cast<uint64_t>(type));
}

}  // namespace ortopt
