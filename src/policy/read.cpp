#include "policy/read.h"

#include "base/limits.h"
#include "base/text.h"
#include "markup/json_tree.h"
#include "policy/grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace awsfed::policy {

namespace {

using enum JsonKind;

struct TypeRow {
    PolicyType type;
    std::string_view name;
    enum { never, may, must } principal;
};
constexpr std::array type_rows{
    TypeRow{PolicyType::identity, "identity", TypeRow::never},
    TypeRow{PolicyType::session, "session", TypeRow::never},
    TypeRow{PolicyType::boundary, "boundary", TypeRow::never},
    TypeRow{PolicyType::resource, "resource", TypeRow::must},
    TypeRow{PolicyType::trust, "trust", TypeRow::must},
    TypeRow{PolicyType::scp, "scp", TypeRow::never},
    TypeRow{PolicyType::rcp, "rcp", TypeRow::may},
    TypeRow{PolicyType::endpoint, "endpoint", TypeRow::may},
};
const TypeRow& row_of(PolicyType type) { return type_rows[static_cast<std::size_t>(type)]; }

constexpr unsigned bit(JsonKind kind) { return 1U << static_cast<unsigned>(kind); }

class PolicyReader {
public:
    PolicyReader(std::string_view text, PolicyType type) : text_(text), type_(type) {}

    Reading read() {
        if (type_ == PolicyType::session)
            check_session_text();
        const auto tree = JsonTree::parse(text_);
        if (tree)
            document(tree->root());
        else
            json_fault(tree.error());
        if (std::ranges::none_of(reading_.findings,
                                 [](const Finding& one) { return one.severity == Severity::refused; }))
            reading_.document = std::move(document_);
        else
            reading_.legible = std::move(document_);
        return std::move(reading_);
    }

private:
    // ---- what is found ----
    void find(FindingCode code, std::size_t offset, std::size_t length, std::string what) {
        if (reading_.findings.size() == findings_max) // the last one stands for the others
            reading_.findings.pop_back();
        offset = std::min(offset, text_.size());
        length = std::min(length, text_.size() - offset); // nothing lies behind a text that is cut off
        reading_.findings.push_back({code, usual_severity(code), offset, length, std::move(what)});
    }
    void find(FindingCode code, JsonNode at, std::string what) {
        find(code, at.offset(), at.is(object) || at.is(array) ? 1 : length_of(at), std::move(what));
    }
    void find_key(FindingCode code, JsonNode at, std::string what) {
        find(code, at.key_offset(), at.key().size() + 2, std::move(what));
    }
    void find(const WordFault& fault, JsonNode at) {
        find(fault.code, at, fault.what);
        reading_.findings.back().severity = fault.severity;
    }
    // As long as it is without escapes, which is what is underlined.
    static std::size_t length_of(JsonNode at) { return at.text().size() + (at.is(string) ? 2 : 0); }

    void json_fault(const JsonFault& fault) {
        const FindingCode code = fault.kind == JsonFaultKind::duplicate_key ? FindingCode::duplicate_key
                                 : fault.kind == JsonFaultKind::depth       ? FindingCode::json_depth
                                                                            : FindingCode::json_syntax;
        std::string what = fault.what + '.';
        what[0] = static_cast<char>(what[0] >= 'a' && what[0] <= 'z' ? what[0] - 'a' + 'A' : what[0]);
        find(code, fault.place.offset, 1, std::move(what));
    }

    void check_session_text() {
        if (const std::size_t chars = code_points(text_); chars > policy_chars_max)
            find(FindingCode::too_long, byte_of_character(policy_chars_max), 1,
                 fmt::format("The session policy has {} characters; STS takes {}.", chars, policy_chars_max));
        if (const auto at = odd_session_character(text_))
            find(FindingCode::bad_character, *at, 1, "STS does not take this character in a session policy.");
    }
    std::size_t byte_of_character(std::size_t index) const {
        std::size_t at = 0;
        for (; at < text_.size(); ++at)
            if ((static_cast<unsigned char>(text_[at]) & 0xC0U) != 0x80U && index-- == 0)
                break;
        return at;
    }

    // ---- the document ----
    void document(JsonNode root) {
        if (!root.is(object))
            return find(FindingCode::wrong_type, root, "A policy is an object.");
        document_.offset = root.offset();
        bool has_statement = false;
        for (const JsonNode member : root) {
            if (member.key() == "Version")
                version(member);
            else if (member.key() == "Id")
                id(member);
            else if (member.key() == "Statement")
                statements(member), has_statement = true;
            else
                find_key(FindingCode::unknown_element, member,
                         fmt::format("A policy has no element \"{}\".", printable(member.key(), 64)));
        }
        if (!has_statement)
            find(FindingCode::missing_statement, root, "The policy has no Statement.");
    }

    void version(JsonNode node) {
        document_.version_offset = node.offset();
        if (node.is(string) && node.text() == "2012-10-17")
            document_.version = Version::v2012;
        else if (node.is(string) && node.text() == "2008-10-17")
            document_.version = Version::v2008;
        else
            find(FindingCode::bad_version, node, "The Version is neither 2012-10-17 nor 2008-10-17.");
    }

    void id(JsonNode node) {
        if (node.is(string))
            document_.id = word(node);
        else
            find(FindingCode::wrong_type, node, "Id is a text.");
    }

    void statements(JsonNode node) {
        if (node.is(object))
            return statement(node);
        if (!node.is(array))
            return find(FindingCode::wrong_type, node, "Statement is an object or a list of objects.");
        if (node.empty())
            return find(FindingCode::empty_list, node, "Statement is empty.");
        for (const JsonNode item : node)
            statement(item);
    }

    // ---- a statement ----
    struct Seen {
        bool effect = false, principal = false, not_principal = false;
        bool action = false, not_action = false, resource = false, not_resource = false;
        std::size_t resource_key = nowhere;
    };

    void statement(JsonNode node) {
        if (!node.is(object))
            return find(FindingCode::wrong_type, node, "A statement is an object.");
        Statement& one = document_.statements.emplace_back();
        one.offset = node.offset();
        Seen seen;
        for (const JsonNode member : node)
            element(member, one, seen);
        check_elements(node, seen);
    }

    void element(JsonNode member, Statement& one, Seen& seen) {
        const std::string_view name = member.key();
        if (name == "Sid")
            sid(member, one);
        else if (name == "Effect")
            effect(member, one), seen.effect = true;
        else if (name == "Action")
            either(member, "NotAction", seen.action, seen.not_action), actions(member, one);
        else if (name == "NotAction")
            either(member, "Action", seen.not_action, seen.action), one.not_action = true, actions(member, one);
        else if (name == "Resource")
            either(member, "NotResource", seen.resource, seen.not_resource), resources(member, one, seen);
        else if (name == "NotResource")
            either(member, "Resource", seen.not_resource, seen.resource), one.not_resource = true,
                                                                          resources(member, one, seen);
        else if (name == "Principal")
            either(member, "NotPrincipal", seen.principal, seen.not_principal), principals(member, one);
        else if (name == "NotPrincipal")
            either(member, "Principal", seen.not_principal, seen.principal), one.not_principal = true,
                                                                             principals(member, one);
        else if (name == "Condition")
            conditions(member, one);
        else
            find_key(FindingCode::unknown_element, member,
                     fmt::format("A statement has no element \"{}\".", printable(name, 64)));
    }

    void either(JsonNode member, std::string_view other, bool& is_there, bool other_is_there) {
        is_there = true;
        if (other_is_there)
            find_key(FindingCode::exclusive_elements, member,
                     fmt::format("The statement has both {} and {}.", other, member.key()));
    }

    void check_elements(JsonNode node, const Seen& seen) {
        if (!seen.effect)
            find(FindingCode::missing_effect, node, "The statement has no Effect.");
        if (!seen.action && !seen.not_action)
            find(FindingCode::missing_action, node, "The statement has no Action.");
        if (type_ == PolicyType::trust) {
            if (seen.resource || seen.not_resource)
                find(FindingCode::prohibited_element, seen.resource_key, seen.resource ? 10 : 13,
                     "A trust policy has no Resource: it stands at the role.");
        } else if (!seen.resource && !seen.not_resource) {
            find(FindingCode::missing_resource, node, "The statement has no Resource.");
        }
        if (row_of(type_).principal == TypeRow::must && !seen.principal && !seen.not_principal)
            find(FindingCode::missing_principal, node, "The statement has no Principal.");
    }

    void sid(JsonNode node, Statement& one) {
        if (!node.is(string))
            return find(FindingCode::wrong_type, node, "Sid is a text.");
        // Resource policies take any characters there.
        if (const auto fault = sid_fault(node.text()); fault && type_ != PolicyType::resource)
            find(*fault, node);
        const auto is_same = [&](const Statement& other) { return other.sid && other.sid->text == node.text(); };
        if (!node.text().empty() && std::ranges::any_of(document_.statements, is_same))
            find(FindingCode::duplicate_sid, node,
                 fmt::format("The Sid \"{}\" is there twice.", printable(node.text(), 64)));
        one.sid = word(node);
    }

    void effect(JsonNode node, Statement& one) {
        if (!node.is(string) || (node.text() != "Allow" && node.text() != "Deny"))
            return find(FindingCode::bad_effect, node, "The Effect is neither Allow nor Deny.");
        one.effect = node.text() == "Allow" ? Effect::allow : Effect::deny;
    }

    void actions(JsonNode node, Statement& one) {
        one.actions.clear();
        words(node, node.key(), bit(string), one.actions);
        each_text(node, [&](JsonNode at) {
            if (const auto fault = action_fault(at.text()))
                find(*fault, at);
        });
    }

    void resources(JsonNode node, Statement& one, Seen& seen) {
        seen.resource_key = node.key_offset();
        one.has_resource = true;
        one.resources.clear();
        words(node, node.key(), bit(string), one.resources);
        each_text(node, [&](JsonNode at) {
            if (const auto fault = resource_fault(at.text()))
                find(*fault, at);
        });
    }

    void principals(JsonNode node, Statement& one) {
        if (row_of(type_).principal == TypeRow::never)
            return find_key(FindingCode::prohibited_element, node,
                            fmt::format("A policy of type {} has no {}.", name_of(type_), node.key()));
        one.principals.emplace();
        if (node.is(string)) {
            if (node.text() != "*")
                find(FindingCode::bad_principal, node, "The principal as a bare text can only be *.");
            one.principals->push_back({"*", {}});
        } else if (node.is(object)) {
            if (node.empty())
                find(FindingCode::bad_principal, node, "The principal names nobody.");
            for (const JsonNode member : node)
                principal(member, *one.principals);
        } else {
            find(FindingCode::wrong_type, node, "The principal is * or an object.");
        }
    }

    void principal(JsonNode member, std::vector<Principal>& into) {
        constexpr std::array types{"AWS", "Federated", "Service", "CanonicalUser"};
        if (std::ranges::find(types, member.key()) == types.end())
            find_key(FindingCode::bad_principal, member,
                     fmt::format("There is no principal of the type \"{}\".", printable(member.key(), 64)));
        Principal& one = into.emplace_back(Principal{std::string(member.key()), {}});
        words(member, "The principal", bit(string), one.names);
        each_text(member, [&](JsonNode at) {
            const bool is_everybody = at.text() == "*" && (member.key() == "AWS" || member.key() == "Federated");
            if (!is_everybody && at.text().find_first_of("*?") != std::string_view::npos)
                find(FindingCode::bad_principal, at, "The name of a principal has no wildcards.");
        });
    }

    void conditions(JsonNode node, Statement& one) {
        if (!node.is(object))
            return find(FindingCode::wrong_type, node, "Condition is an object.");
        for (const JsonNode member : node)
            operator_block(member, one);
    }

    void operator_block(JsonNode member, Statement& one) {
        const std::optional<Operator> op = Operator::parse(member.key());
        if (!op) {
            const std::string_view near = nearest_operator(member.key());
            find_key(FindingCode::bad_operator, member,
                     fmt::format("There is no operator \"{}\"{}.", printable(member.key(), 64),
                                 near.empty() ? "" : fmt::format("; {} is near", near)));
            if (member.is(object) && member.empty()) // AWS does not look at an operator without keys
                reading_.findings.back().severity = Severity::dead;
            return;
        }
        if (!member.is(object))
            return find(FindingCode::wrong_type, member, "An operator holds an object of keys and values.");
        for (const JsonNode key : member)
            condition(key, member, *op, one);
    }

    void condition(JsonNode key, JsonNode block, const Operator& op, Statement& one) {
        const auto is_same = [&](const Condition& other) {
            return other.op == op && equal_ignoring_case(other.key.text, key.key());
        };
        if (std::ranges::any_of(one.conditions, is_same))
            find_key(FindingCode::duplicate_key, key, "The key is there twice; case does not tell keys apart.");
        if (!is_condition_key(key.key()))
            find_key(FindingCode::bad_condition_key, key,
                     fmt::format("\"{}\" is no condition key.", printable(key.key(), 64)));
        Condition& made = one.conditions.emplace_back();
        made.op = op;
        made.op_offset = block.key_offset();
        made.key = Word(key.key(), key.key_offset());
        words(key, "A condition's value", bit(string) | bit(number) | bit(boolean), made.values, true);
    }

    // ---- words ----
    static Word word(JsonNode node) { return {node.text(), node.offset()}; }

    // One word, or a list of them.
    void words(JsonNode node, std::string_view what, unsigned kinds, std::vector<Word>& into,
               bool may_be_empty = false) {
        const auto fits = [kinds](JsonNode one) { return (bit(one.kind()) & kinds) != 0; };
        if (fits(node)) {
            into.push_back(word(node));
            return;
        }
        if (!node.is(array))
            return find(FindingCode::wrong_type, node, fmt::format("{} is a text or a list of texts.", what));
        if (node.empty() && !may_be_empty)
            return find(FindingCode::empty_list, node, fmt::format("{} is an empty list.", what));
        for (const JsonNode item : node) {
            if (fits(item)) {
                into.push_back(word(item));
                continue;
            }
            find(FindingCode::wrong_type, item, fmt::format("{} is a text or a list of texts.", what));
            if (item.is(null) && node.key() == "Resource" && has_text(node)) // AWS passes over it
                reading_.findings.back().severity = Severity::dead;
        }
    }

    static bool has_text(JsonNode list) {
        bool found = false;
        each_text(list, [&](JsonNode) { found = true; });
        return found;
    }
    template <class See>
    static void each_text(JsonNode node, See see) {
        if (node.is(string))
            return see(node);
        if (node.is(array))
            for (const JsonNode item : node)
                if (item.is(string))
                    see(item);
    }

    std::string_view text_;
    PolicyType type_;
    Reading reading_;
    Document document_;
};

} // namespace

Reading read_policy(std::string_view text, PolicyType type) { return PolicyReader(text, type).read(); }

std::string_view name_of(PolicyType type) { return row_of(type).name; }

std::optional<PolicyType> policy_type_of(std::string_view name) {
    const auto* row = std::ranges::find(type_rows, name, &TypeRow::name);
    return row == type_rows.end() ? std::nullopt : std::optional(row->type);
}

} // namespace awsfed::policy
