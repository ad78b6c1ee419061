// A JSON text as a tree whose values know where they stand in it.
#pragma once

#include "markup/json.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

class JsonTree;

// A value in a tree, which must outlive it.
class JsonNode {
public:
    JsonKind kind() const;
    bool is(JsonKind one) const { return kind() == one; }
    // Of a string what it says, of a number its digits, of a boolean "true" or "false"; else empty.
    std::string_view text() const;
    std::size_t offset() const; // in bytes, where it begins
    // Of a member of an object.
    std::string_view key() const;
    std::size_t key_offset() const;

    bool empty() const; // no item or member
    // Of an object. Empty where there is none.
    std::optional<JsonNode> find(std::string_view name) const;

    // The items of an array or the members of an object, in their order.
    class iterator;
    iterator begin() const;
    iterator end() const;

private:
    friend class JsonTree;
    JsonNode(const JsonTree& tree, std::uint32_t index) : tree_(&tree), index_(index) {}
    const JsonTree* tree_;
    std::uint32_t index_;
};

class JsonNode::iterator {
public:
    using value_type = JsonNode;
    using difference_type = std::ptrdiff_t;
    JsonNode operator*() const { return {*tree_, index_}; }
    iterator& operator++();
    iterator operator++(int) {
        iterator before = *this;
        ++*this;
        return before;
    }
    bool operator==(const iterator& other) const { return index_ == other.index_; }

private:
    friend class JsonNode;
    iterator(const JsonTree* tree, std::uint32_t index) : tree_(tree), index_(index) {}
    const JsonTree* tree_;
    std::uint32_t index_;
};

class JsonTree {
public:
    // Read by read_json, whose fault it is. At most 4 GiB.
    static std::expected<JsonTree, JsonFault> parse(std::string_view text);

    JsonNode root() const { return {*this, 0}; }

private:
    friend class JsonNode;
    friend class JsonTreeBuilder;
    struct Span {
        std::uint32_t begin = 0;
        std::uint32_t size = 0;
    };
    struct Entry {
        JsonKind kind;
        Span text; // of texts_
        Span key;
        std::uint32_t offset = 0;
        std::uint32_t key_offset = 0;
        std::uint32_t after = 0; // the entry behind it and all that is in it
        std::uint32_t next = 0;  // its next sibling; 0: it is the last
    };
    std::string_view in(Span span) const { return std::string_view(texts_).substr(span.begin, span.size); }

    std::vector<Entry> entries_; // each before what is in it
    std::string texts_;          // all keys and values, one after the other
};

} // namespace awsfed
