#include "markup/json_tree.h"

#include <limits>

namespace awsfed {

class JsonTreeBuilder : public JsonVisitor {
public:
    explicit JsonTreeBuilder(std::size_t bytes) {
        tree.texts_.reserve(bytes);
        tree.entries_.reserve(bytes / bytes_of_a_value + 1);
        open_.reserve(8);
    }

    bool object_begins(std::size_t at) override { return open(JsonKind::object, at); }
    bool array_begins(std::size_t at) override { return open(JsonKind::array, at); }
    bool object_ends(std::size_t) override { return close(); }
    bool array_ends(std::size_t) override { return close(); }
    bool key(std::string_view name, std::size_t at) override {
        key_ = keep(name);
        key_offset_ = static_cast<std::uint32_t>(at);
        return true;
    }
    bool string(std::string_view text, std::size_t at) override { return leaf(JsonKind::string, text, at); }
    bool number(std::string_view digits, std::size_t at) override { return leaf(JsonKind::number, digits, at); }
    bool boolean(bool value, std::size_t at) override { return leaf(JsonKind::boolean, value ? "true" : "false", at); }
    bool null(std::size_t at) override { return leaf(JsonKind::null, {}, at); }

    JsonTree tree;

private:
    static constexpr std::size_t bytes_of_a_value = 16; // a guess, so that memory is taken once

    JsonTree::Span keep(std::string_view text) {
        const JsonTree::Span span{static_cast<std::uint32_t>(tree.texts_.size()),
                                  static_cast<std::uint32_t>(text.size())};
        tree.texts_ += text;
        return span;
    }
    std::uint32_t add(JsonKind kind, JsonTree::Span text, std::size_t at) {
        const auto index = static_cast<std::uint32_t>(tree.entries_.size());
        if (!open_.empty()) {
            if (open_.back().last != 0)
                tree.entries_[open_.back().last].next = index;
            open_.back().last = index;
        }
        tree.entries_.push_back({kind, text, key_, static_cast<std::uint32_t>(at), key_offset_, index + 1, 0});
        key_ = {};
        return index;
    }
    bool leaf(JsonKind kind, std::string_view text, std::size_t at) {
        const JsonTree::Span span = keep(text);
        add(kind, span, at);
        return true;
    }
    bool open(JsonKind kind, std::size_t at) {
        open_.push_back({add(kind, {}, at), 0});
        return true;
    }
    bool close() {
        tree.entries_[open_.back().index].after = static_cast<std::uint32_t>(tree.entries_.size());
        open_.pop_back();
        return true;
    }

    struct Open {
        std::uint32_t index;
        std::uint32_t last; // of what is in it
    };
    std::vector<Open> open_;
    JsonTree::Span key_;
    std::uint32_t key_offset_ = 0;
};

std::expected<JsonTree, JsonFault> JsonTree::parse(std::string_view text) {
    if (text.size() >= std::numeric_limits<std::uint32_t>::max())
        return std::unexpected(JsonFault{{}, "it is too long", JsonFaultKind::syntax});
    JsonTreeBuilder builder(text.size());
    if (std::optional<JsonFault> fault = read_json(text, builder))
        return std::unexpected(std::move(*fault));
    return std::move(builder.tree);
}

JsonKind JsonNode::kind() const { return tree_->entries_[index_].kind; }
std::string_view JsonNode::text() const { return tree_->in(tree_->entries_[index_].text); }
std::size_t JsonNode::offset() const { return tree_->entries_[index_].offset; }
std::string_view JsonNode::key() const { return tree_->in(tree_->entries_[index_].key); }
std::size_t JsonNode::key_offset() const { return tree_->entries_[index_].key_offset; }
bool JsonNode::empty() const { return tree_->entries_[index_].after == index_ + 1; }

// Entry 0 is the root, which is nobody's sibling: it ends every list.
JsonNode::iterator JsonNode::begin() const { return {tree_, empty() ? 0 : index_ + 1}; }
JsonNode::iterator JsonNode::end() const { return {tree_, 0}; }
JsonNode::iterator& JsonNode::iterator::operator++() {
    index_ = tree_->entries_[index_].next;
    return *this;
}

std::optional<JsonNode> JsonNode::find(std::string_view name) const {
    if (is(JsonKind::object))
        for (const JsonNode member : *this)
            if (member.key() == name)
                return member;
    return std::nullopt;
}

} // namespace awsfed
