// An IAM policy document as it was written: what it says, and where each word stands.
// Grammar: IAM User Guide, "Grammar of the IAM JSON policy language".
#pragma once

#include "policy/operator.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::policy {

// Where a document is used decides which elements it may have.
enum class PolicyType { identity, session, boundary, resource, trust, scp, rcp, endpoint };

// Only 2012 knows policy variables. A document without a version is one of 2008.
enum class Version { v2008, v2012 };

enum class Effect { allow, deny };

inline constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

// A text of the document. Its offset is that of its opening quote, in bytes; what awsfed made itself stands nowhere.
struct Word {
    std::string text;
    std::size_t offset = nowhere;

    Word() = default;
    Word(std::string_view words, std::size_t at = nowhere) : text(words), offset(at) {} // NOLINT: a word is a text
    friend bool operator==(const Word& a, const Word& b) { return a.text == b.text; }
};

// "AWS": ["123456789012", ...]. The bare "*" has the type "*" and no names.
struct Principal {
    std::string type; // AWS, Federated, Service, CanonicalUser or *
    std::vector<Word> names;

    friend bool operator==(const Principal&, const Principal&) = default;
};

// One key under one operator; several in a statement must all hold.
struct Condition {
    Operator op;
    Word key; // as written; keys are compared without regard to case
    std::vector<Word> values;
    std::size_t op_offset = nowhere; // of the operator's name

    friend bool operator==(const Condition& a, const Condition& b) {
        return a.op == b.op && a.key == b.key && a.values == b.values;
    }
};

struct Statement {
    std::size_t offset = nowhere; // of its opening brace
    std::optional<Word> sid;
    Effect effect = Effect::allow;
    bool not_principal = false;
    std::optional<std::vector<Principal>> principals;
    bool not_action = false;
    std::vector<Word> actions;
    bool not_resource = false;
    std::vector<Word> resources;
    bool has_resource = false; // the element is there; it is not in trust policies
    std::vector<Condition> conditions;
};

struct Document {
    std::size_t offset = nowhere;         // of its opening brace
    std::optional<Version> version;       // as written
    std::size_t version_offset = nowhere; // of its value
    std::optional<Word> id;
    std::vector<Statement> statements;

    Version effective_version() const { return version.value_or(Version::v2008); }
    bool has_variables() const { return effective_version() == Version::v2012; }
};

} // namespace awsfed::policy
