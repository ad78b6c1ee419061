// Writes JSON (RFC 8259) without blanks. Characters stay as they are but for what must be escaped.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace awsfed {

class JsonWriter {
public:
    JsonWriter();
    JsonWriter(JsonWriter&&) noexcept;
    JsonWriter& operator=(JsonWriter&&) noexcept;
    ~JsonWriter();

    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);
    JsonWriter& string(std::string_view text); // UTF-8
    JsonWriter& number(std::uint64_t value);
    JsonWriter& boolean(bool value);
    JsonWriter& null();
    JsonWriter& json(std::string_view value); // a value that is JSON already

    // key and string
    JsonWriter& member(std::string_view name, std::string_view text) { return key(name).string(text); }

    std::string text() const; // what was written so far

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace awsfed
