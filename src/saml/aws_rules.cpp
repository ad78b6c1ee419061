#include "saml/aws_rules.h"

#include "base/session_tag.h"
#include "base/text.h"
#include "base/unicode.h"

#include <algorithm>
#include <charconv>

namespace awsfed {

using namespace saml;

namespace {

constexpr std::string_view bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
constexpr std::size_t checks_usual = 24;
constexpr int duration_min = 900;
constexpr int duration_max = 43'200;

bool contains(const std::vector<std::string>& list, const std::string& text) {
    return std::ranges::find(list, text) != list.end();
}

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_+=,.@-").find(c) != std::string_view::npos;
}

// What STS takes as RoleSessionName and SourceIdentity: [\w+=,.@-]{2,64}.
bool is_session_name(std::string_view text) {
    return text.size() >= 2 && text.size() <= 64 && std::ranges::all_of(text, is_name_character);
}

// "11 characters, among them "ö"": what of a name AWS does not take.
std::string faults_of_name(std::string_view text) {
    std::size_t count = 0;
    std::string_view bad;
    for (std::string_view rest = text; !rest.empty(); ++count) {
        const std::string_view before = rest;
        take_character(rest);
        const std::string_view character = before.substr(0, before.size() - rest.size());
        if (bad.empty() && !std::ranges::all_of(character, is_name_character))
            bad = character;
    }
    const std::string counted = fmt::format("{} character{}", count, count == 1 ? "" : "s");
    return bad.empty() ? counted : fmt::format("{}, among them \"{}\"", counted, printable(bad));
}

// One rule after the other over one assertion. Each adds its check, and what it has read to the assertion.
class Judge {
public:
    Judge(const AssertionText& text, const ResponseText* response, const AwsRules& rules)
        : text_(text), response_(response), rules_(rules) {}

    Judgement run() {
        out_.checks.reserve(checks_usual);
        out_.assertion.id = text_.id;
        out_.assertion.issue_instant = read_time(text_.issue_instant, ZoneRule::any_offset);
        issuer();
        subject();
        confirmation();
        recipient();
        destination();
        response_to();
        conditions();
        audience();
        times();
        redemption();
        authentication();
        attributes();
        roles();
        session_name();
        session_duration();
        source_identity();
        tags();
        transitive_tags();
        return std::move(out_);
    }

private:
    void add(Outcome outcome, std::string_view name, std::string_view reason, std::string_view value,
             std::string detail = {}, bool absent = false) {
        out_.checks.push_back(
            {std::string(name), outcome, std::string(reason), printable(value), std::move(detail), absent});
    }
    void pass(std::string_view name, std::string_view value) { add(Outcome::passed, name, "", value); }
    void skip(std::string_view name, std::string_view value) { add(Outcome::skipped, name, "", value); }
    void refuse(std::string_view name, std::string_view reason, std::string_view value, std::string detail) {
        add(Outcome::failed, name, reason, value, std::move(detail));
    }
    void miss(std::string_view name, std::string_view reason, std::string detail) {
        add(Outcome::failed, name, reason, "", std::move(detail), true);
    }

    // ---- who says it, of whom, to whom ------------------------------------------------------

    void issuer() {
        if (!text_.issuer)
            return miss("issuer", "issuer", "The assertion has no Issuer.");
        out_.assertion.issuer = *text_.issuer;
        if (rules_.entity_id.empty())
            return skip("issuer", *text_.issuer);
        if (*text_.issuer != rules_.entity_id)
            return refuse("issuer", "issuer", *text_.issuer,
                          fmt::format("The assertion's Issuer is not the identity provider \"{}\".", rules_.entity_id));
        if (response_ && response_->issuer && *response_->issuer != *text_.issuer)
            return refuse("issuer", "issuer", *response_->issuer,
                          "The response has another Issuer than its assertion.");
        pass("issuer", *text_.issuer);
    }

    void subject() {
        out_.assertion.name_id = text_.name_id.value_or("");
        out_.assertion.name_id_format = text_.name_id_format;
        if (!text_.has_subject || !text_.name_id || trimmed(*text_.name_id).empty())
            return miss("subject", "subject", "The assertion has no Subject with a NameID.");
        pass("subject", *text_.name_id);
    }

    void confirmation() {
        const auto& all = text_.confirmations;
        if (all.size() > 1)
            return refuse("confirmation", "confirmation", std::to_string(all.size()),
                          "The assertion has several SubjectConfirmation elements; AWS takes exactly one.");
        if (all.empty() || !all.front().has_data)
            return miss("confirmation", "confirmation", "The assertion has no SubjectConfirmation with its data.");
        const ConfirmationText& one = all.front();
        out_.assertion.recipient = one.recipient.value_or("");
        if (one.not_before)
            return refuse("confirmation", "confirmation", *one.not_before,
                          "The SubjectConfirmationData has a NotBefore, which the profile forbids.");
        if (one.method != bearer)
            return miss_or_refuse("confirmation", one.method,
                                  "The assertion's SubjectConfirmation is not of the kind bearer.");
        if (!one.not_on_or_after)
            return miss("confirmation", "confirmation", "The SubjectConfirmationData has no NotOnOrAfter.");
        pass("confirmation", one.method);
    }
    void miss_or_refuse(std::string_view name, const std::string& value, std::string detail) {
        value.empty() ? miss(name, name, std::move(detail)) : refuse(name, name, value, std::move(detail));
    }

    void recipient() {
        const auto& all = text_.confirmations;
        const bool there = !all.empty() && all.front().recipient;
        if (!there)
            return miss("recipient", "recipient", "The assertion names no Recipient.");
        if (rules_.recipients.empty())
            return skip("recipient", *all.front().recipient);
        if (!contains(rules_.recipients, *all.front().recipient))
            return refuse(
                "recipient", "recipient", *all.front().recipient,
                fmt::format("The assertion is for another Recipient than {}.", fmt::join(rules_.recipients, ", ")));
        pass("recipient", *all.front().recipient);
    }

    void destination() {
        if (response_ == nullptr || !response_->destination || rules_.recipients.empty())
            return skip("destination", response_ ? response_->destination.value_or("") : std::string());
        if (!contains(rules_.recipients, *response_->destination))
            return refuse(
                "destination", "destination", *response_->destination,
                fmt::format("The response is for another Destination than {}.", fmt::join(rules_.recipients, ", ")));
        pass("destination", *response_->destination);
    }

    void response_to() {
        if (response_ == nullptr || text_.confirmations.empty())
            return;
        const auto& inner = text_.confirmations.front().in_response_to;
        if (response_->in_response_to && inner && *response_->in_response_to != *inner)
            refuse("response-to", "response-to", *inner, "The response and its assertion answer different requests.");
    }

    void conditions() {
        if (text_.conditions.empty())
            return miss("conditions", "conditions", "The assertion has no Conditions.");
        if (text_.conditions.size() > 1)
            return refuse("conditions", "conditions", std::to_string(text_.conditions.size()),
                          "The assertion has several Conditions elements.");
        const ConditionsText& one = text_.conditions.front();
        if (!one.unknown.empty())
            return refuse("conditions", "conditions", one.unknown.front(),
                          "The assertion has a condition that nobody understands.");
        pass("conditions", one.one_time_use ? "one-time use" : "");
    }

    // All restrictions must hold; each holds by one of its audiences (saml-core 2.5.1.4).
    void audience() {
        if (text_.conditions.empty() || text_.conditions.front().audiences.empty())
            return miss("audience", "audience", "The assertion is restricted to no Audience.");
        std::string value;
        bool holds = true;
        for (const auto& restriction : text_.conditions.front().audiences) {
            bool one = false;
            for (const std::string& audience : restriction) {
                out_.assertion.audiences.push_back(audience);
                one |= contains(rules_.audiences, audience);
                value += (value.empty() ? "" : ", ") + audience;
            }
            holds &= one;
        }
        if (rules_.audiences.empty())
            return skip("audience", value);
        if (!holds)
            return refuse(
                "audience", "audience", value,
                fmt::format("The assertion is for other Audiences than {}.", fmt::join(rules_.audiences, ", ")));
        pass("audience", value);
    }

    // ---- times ------------------------------------------------------------------------------

    // Only times that count are read, and only UTC is an instant for SAML (saml-core 1.3.3).
    bool read(const std::optional<std::string>& text, std::string_view what, std::optional<Time>& out) {
        if (!text)
            return true;
        out = read_time(*text, ZoneRule::utc_only);
        if (out && *out < Time()) // before 1970 some clocks go backwards
            out.reset();
        if (!out)
            refuse("times", "time-format", *text,
                   fmt::format("{} \"{}\" is not an instant in UTC.", what, printable(*text, 60)));
        return out.has_value();
    }
    static void keep_earlier(std::optional<Time>& a, std::string& a_text, const std::optional<Time>& b,
                             const std::string& b_text) {
        if (b && (!a || *b < *a)) {
            a = b;
            a_text = b_text;
        }
    }

    void times() {
        Assertion& out = out_.assertion;
        for (const ConditionsText& one : text_.conditions) {
            std::optional<Time> end;
            if (!read(one.not_before, "NotBefore", out.not_before) || !read(one.not_on_or_after, "NotOnOrAfter", end))
                return;
            keep_earlier(out.not_on_or_after, out.not_on_or_after_text, end, one.not_on_or_after.value_or(""));
        }
        for (const ConfirmationText& one : text_.confirmations) {
            std::optional<Time> end;
            if (!read(one.not_on_or_after, "NotOnOrAfter", end))
                return;
            keep_earlier(out.not_on_or_after, out.not_on_or_after_text, end, one.not_on_or_after.value_or(""));
        }
        for (const auto& text : text_.session_ends) {
            std::optional<Time> end;
            if (!read(text, "SessionNotOnOrAfter", end))
                return;
            keep_earlier(out.session_not_on_or_after, out.session_not_on_or_after_text, end, text.value_or(""));
        }
        compare_times(out);
    }

    void compare_times(const Assertion& out) {
        const std::string span = fmt::format("{} to {}", out.not_before ? iso_time(*out.not_before) : "any time",
                                             out.not_on_or_after ? iso_time(*out.not_on_or_after) : "any time");
        if (!rules_.now)
            return skip("times", span);
        if (out.not_before && *rules_.now < *out.not_before - rules_.skew)
            return refuse("times", "not-yet-valid", span,
                          fmt::format("The assertion is not valid yet; it is {} here. Compare the clocks.",
                                      iso_time(*rules_.now)));
        for (const auto& end : {out.not_on_or_after, out.session_not_on_or_after}) {
            if (end && *rules_.now >= *end + rules_.skew)
                return refuse("times", "expired", iso_time(*end),
                              fmt::format("The assertion was good until {}, and it is {} now.", iso_time(*end),
                                          iso_time(*rules_.now)));
        }
        pass("times", span);
    }

    // From which instant AWS counts the five minutes is not documented; IssueInstant is the likely one.
    void redemption() {
        if (!rules_.now || !out_.assertion.issue_instant)
            return skip("redemption", text_.issue_instant);
        if (*rules_.now > *out_.assertion.issue_instant + redemption_time + rules_.skew)
            return add(Outcome::warned, "redemption", "expired", text_.issue_instant,
                       "The assertion is older than five minutes: AWS will most likely refuse it.");
        pass("redemption", text_.issue_instant);
    }

    void authentication() {
        if (text_.session_ends.empty())
            return miss("authentication", "authn", "The assertion has no AuthnStatement.");
        pass("authentication", "");
    }

    // ---- AWS's attributes -------------------------------------------------------------------

    // "Role" of the full name, empty when it is none of AWS's.
    std::string_view aws_name(std::string_view name) const {
        for (const std::string& prefix : rules_.attribute_prefixes) {
            if (name.starts_with(prefix))
                return name.substr(prefix.size());
        }
        return {};
    }
    const AttributeText* find(std::string_view short_name) const {
        const auto found = std::ranges::find(text_.attributes, short_name,
                                             [this](const AttributeText& one) { return aws_name(one.name); });
        return found == text_.attributes.end() ? nullptr : &*found;
    }

    void attributes() {
        for (auto one = text_.attributes.begin(); one != text_.attributes.end(); ++one) {
            out_.assertion.attributes.emplace_back(one->name, one->values);
            const std::string_view name = aws_name(one->name);
            if (name.empty())
                continue;
            if (one->has_markup)
                refuse("attributes", "markup", one->name, "An attribute of AWS's holds an element where text belongs.");
            const bool twice = std::any_of(text_.attributes.begin(), one,
                                           [&](const AttributeText& other) { return aws_name(other.name) == name; });
            if (twice)
                refuse("attributes", "attribute", one->name,
                       fmt::format("The assertion has the attribute {} twice.", printable(name)));
        }
    }

    // The one value of an attribute; null when it is not there, or has failed already.
    const std::string* single(std::string_view short_name, std::string_view check) {
        const AttributeText* found = find(short_name);
        if (found == nullptr)
            return nullptr;
        if (found->values.size() == 1)
            return &found->values.front();
        refuse(check, "attribute", std::to_string(found->values.size()),
               fmt::format("The attribute {} has {} values, not one.", printable(short_name), found->values.size()));
        return nullptr;
    }

    void roles() {
        const AttributeText* found = find("Role");
        if (found == nullptr || found->values.empty())
            return miss("roles", "role", "The assertion offers no Role.");
        const Outcome bad = rules_.skip_bad_roles ? Outcome::warned : Outcome::failed;
        bool good = true;
        for (const std::string& value : found->values) {
            if (auto offer = read_role_offer(value)) {
                out_.assertion.roles.push_back(*std::move(offer));
            } else {
                good = false;
                add(bad, "roles", "role", value, offer.error().message);
            }
        }
        if (good)
            pass("roles", std::to_string(found->values.size()));
    }

    void session_name() {
        if (find("RoleSessionName") == nullptr)
            return miss("session name", "session-name",
                        "The assertion has no RoleSessionName. The usual claim rule takes it from the attribute mail, "
                        "which service "
                        "accounts often lack.");
        const std::string* name = single("RoleSessionName", "session name");
        if (name == nullptr)
            return;
        out_.assertion.session_name = *name;
        if (!is_session_name(*name))
            return refuse(
                "session name", "session-name", *name,
                fmt::format(
                    "The attribute RoleSessionName is \"{}\", {}; AWS takes 2 to 64 letters, digits and _+=,.@-.",
                    printable(*name), faults_of_name(*name)));
        pass("session name", *name);
    }

    void session_duration() {
        const std::string* text = single("SessionDuration", "session duration");
        if (text == nullptr)
            return;
        int seconds = 0;
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
        if (error != std::errc() || end != text->data() + text->size() || seconds < duration_min ||
            seconds > duration_max)
            return refuse("session duration", "session-duration", *text,
                          fmt::format("The attribute SessionDuration is \"{}\"; AWS takes 900 to 43200 seconds.",
                                      printable(*text)));
        out_.assertion.session_duration = seconds;
        pass("session duration", *text);
    }

    void source_identity() {
        const std::string* text = single("SourceIdentity", "source identity");
        if (text == nullptr)
            return;
        out_.assertion.source_identity = *text;
        if (!is_session_name(*text) || text->starts_with("aws:"))
            return refuse(
                "source identity", "source-identity", *text,
                fmt::format(
                    "The attribute SourceIdentity is \"{}\", {}; AWS takes 2 to 64 letters, digits and _+=,.@-, "
                    "and no aws: before them.",
                    printable(*text), faults_of_name(*text)));
        pass("source identity", *text);
    }

    // ---- session tags -----------------------------------------------------------------------

    void tags() {
        constexpr std::string_view prefix = "PrincipalTag:";
        std::vector<std::string> keys; // in lower case: AWS does not tell Team from team
        bool good = true;
        const auto wrong = [&](const std::string& value, std::string detail) {
            good = false;
            refuse("tags", "tag", value, std::move(detail));
        };
        for (const AttributeText& one : text_.attributes) {
            const std::string_view name = aws_name(one.name);
            if (!name.starts_with(prefix))
                continue;
            const std::string key(name.substr(prefix.size()));
            const std::string* value = single(name, "tags");
            if (value == nullptr) {
                good = false;
                continue;
            }
            if (std::string fault = fault_of_tag(key, *value); !fault.empty())
                wrong(key, std::move(fault));
            else if (contains(keys, lower_ascii(key)))
                wrong(key, fmt::format("The session tag \"{}\" is there twice.", printable(key, 140)));
            keys.push_back(lower_ascii(key));
            out_.assertion.tags.emplace_back(key, *value);
        }
        if (keys.size() > session_tags_max)
            wrong(std::to_string(keys.size()),
                  fmt::format("The assertion has {} session tags; AWS takes {}.", keys.size(), session_tags_max));
        if (good && !keys.empty())
            pass("tags", std::to_string(keys.size()));
    }

    void transitive_tags() {
        const AttributeText* found = find("TransitiveTagKeys");
        if (found == nullptr)
            return;
        out_.assertion.transitive_tag_keys = found->values;
        for (const std::string& key : found->values) {
            if (std::string fault = fault_of_tag_key(key); !fault.empty())
                return refuse("transitive tags", "tag", key, std::move(fault));
        }
        if (found->values.size() > session_tags_max)
            return refuse("transitive tags", "tag", std::to_string(found->values.size()),
                          "There are too many transitive tag keys.");
        pass("transitive tags", std::to_string(found->values.size()));
    }

    const AssertionText& text_;
    const ResponseText* response_;
    const AwsRules& rules_;
    Judgement out_;
};

} // namespace

const Check* Judgement::failure() const {
    const auto found = std::ranges::find(checks, Outcome::failed, &Check::outcome);
    return found == checks.end() ? nullptr : &*found;
}

Judgement judge_assertion(const AssertionText& text, const ResponseText* response, const AwsRules& rules) {
    return Judge(text, response, rules).run();
}

} // namespace awsfed
