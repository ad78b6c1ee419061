#include "markup/json_writer.h"

#include <stdexcept>

// A defect must not end the host's process.
#define RAPIDJSON_ASSERT(expression) ((expression) ? void() : throw std::logic_error("RapidJSON: " #expression))
// RapidJSON 1.1 adds to the null pointer of its empty stack, which is harmless, but not to a sanitizer.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#if defined(__clang__)
#pragma clang attribute pop
#endif

namespace awsfed {

struct JsonWriter::Parts {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
};

namespace {

rapidjson::SizeType size_of(std::string_view text) { return static_cast<rapidjson::SizeType>(text.size()); }
// RapidJSON wants an address, also of nothing.
const char* bytes_of(std::string_view text) { return text.empty() ? "" : text.data(); }

} // namespace

JsonWriter::JsonWriter() : parts_(std::make_unique<Parts>()) {}
JsonWriter::JsonWriter(JsonWriter&&) noexcept = default;
JsonWriter& JsonWriter::operator=(JsonWriter&&) noexcept = default;
JsonWriter::~JsonWriter() = default;

JsonWriter& JsonWriter::begin_object() {
    parts_->writer.StartObject();
    return *this;
}
JsonWriter& JsonWriter::end_object() {
    parts_->writer.EndObject();
    return *this;
}
JsonWriter& JsonWriter::begin_array() {
    parts_->writer.StartArray();
    return *this;
}
JsonWriter& JsonWriter::end_array() {
    parts_->writer.EndArray();
    return *this;
}
JsonWriter& JsonWriter::key(std::string_view name) {
    parts_->writer.Key(bytes_of(name), size_of(name));
    return *this;
}
JsonWriter& JsonWriter::string(std::string_view text) {
    parts_->writer.String(bytes_of(text), size_of(text));
    return *this;
}
JsonWriter& JsonWriter::number(std::uint64_t value) {
    parts_->writer.Uint64(value);
    return *this;
}
JsonWriter& JsonWriter::boolean(bool value) {
    parts_->writer.Bool(value);
    return *this;
}
JsonWriter& JsonWriter::null() {
    parts_->writer.Null();
    return *this;
}
JsonWriter& JsonWriter::json(std::string_view value) {
    parts_->writer.RawValue(value.data(), value.size(), rapidjson::kObjectType);
    return *this;
}

std::string JsonWriter::text() const { return {parts_->buffer.GetString(), parts_->buffer.GetSize()}; }

} // namespace awsfed
