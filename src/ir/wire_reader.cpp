#include "ir/wire_reader.h"

#include <algorithm>
#include <span>
#include <utility>

namespace ortopt {
namespace {

constexpr std::size_t buffer_size = 64 * 1024;

}  // namespace

WireReader::WireReader(std::shared_ptr<const FileHandle> file) : file_(std::move(file)) {
  buffer_.reserve(buffer_size);
}

void WireReader::failed(Error error) {
  if (!error_) error_ = std::move(error);
}

void WireReader::damaged(const std::string& what) {
  failed({Code::bad_model, "damaged at byte " + std::to_string(position_) + ": " + what, {}});
}

void WireReader::seek(uint64_t position) { position_ = position; }

/// Makes the byte at the present position available.
bool WireReader::fill() {
  if (position_ >= buffer_start_ && position_ < buffer_start_ + buffer_.size()) return true;
  if (position_ >= file_->size()) return false;
  buffer_start_ = position_;
  buffer_.resize(
      static_cast<std::size_t>(std::min<uint64_t>(buffer_size, file_->size() - position_)));
  if (Result<void> done = file_->read(position_, buffer_); !done) {
    buffer_.clear();
    failed(std::move(done).error());
    return false;
  }
  return true;
}

uint8_t WireReader::next() {
  const auto byte =
      std::to_integer<uint8_t>(buffer_[static_cast<std::size_t>(position_ - buffer_start_)]);
  ++position_;
  return byte;
}

uint64_t WireReader::varint(uint64_t end) {
  if (!ok()) return 0;
  uint64_t number = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (position_ >= end || !fill()) {
      damaged("a number is cut off");
      return 0;
    }
    const uint8_t byte = next();
    if (shift == 63 && byte > 1) break;
    number |= static_cast<uint64_t>(byte & 0x7fU) << shift;
    if (byte < 0x80) return number;
  }
  damaged("a number does not fit 64 bits");
  return 0;
}

WireReader::Tag WireReader::tag(uint64_t end) {
  const uint64_t key = varint(end);
  const uint64_t number = key >> 3;
  const auto type = static_cast<uint8_t>(key & 7);
  if (ok() && (number == 0 || number > 0x1fffffff))
    damaged("there is no field number " + std::to_string(number));
  if (ok() && type > 5) damaged("there is no wire type " + std::to_string(type));
  if (!ok()) return {};
  return {static_cast<uint32_t>(number), static_cast<WireType>(type)};
}

uint64_t WireReader::length(uint64_t end) {
  const uint64_t size = varint(end);
  if (ok() && size > end - position_) {
    damaged("a field of " + std::to_string(size) + " bytes where " +
            std::to_string(end - position_) + " are left");
    return 0;
  }
  return ok() ? size : 0;
}

void WireReader::copy(uint64_t size, uint64_t end, std::string& to) {
  if (ok() && size > end - position_) damaged("a value is cut off");
  while (ok() && size > 0) {
    if (!fill()) {
      damaged("the file ends early");
      return;
    }
    const uint64_t available = buffer_start_ + buffer_.size() - position_;
    const uint64_t taken = std::min(size, available);
    const auto* from = reinterpret_cast<const char*>(buffer_.data()) + (position_ - buffer_start_);
    to.append(from, static_cast<std::size_t>(taken));
    position_ += taken;
    size -= taken;
  }
}

}  // namespace ortopt
