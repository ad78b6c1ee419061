#include "sandbox/world.h"

#include "base/text.h"
#include "settings/config_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace awsfed::sandbox {

namespace {

constexpr std::chrono::seconds session_min{3600}; // IAM: MaxSessionDuration
constexpr std::chrono::seconds session_max{43200};
constexpr std::size_t account_digits = 12;

struct FaultRow {
    std::string_view name;
    FaultKind kind;
    enum class Value { none, number, text } value;
};
constexpr std::array fault_table{
    FaultRow{"idp_503", FaultKind::idp_503, FaultRow::Value::none},
    FaultRow{"idp_error", FaultKind::idp_error, FaultRow::Value::text},
    FaultRow{"password_503", FaultKind::password_503, FaultRow::Value::none},
    FaultRow{"wrong_signature", FaultKind::wrong_signature, FaultRow::Value::none},
    FaultRow{"expired", FaultKind::expired, FaultRow::Value::number},
    FaultRow{"wrong_audience", FaultKind::wrong_audience, FaultRow::Value::none},
    FaultRow{"wrong_recipient", FaultKind::wrong_recipient, FaultRow::Value::none},
    FaultRow{"sts_throttle", FaultKind::sts_throttle, FaultRow::Value::none},
    FaultRow{"sts_503", FaultKind::sts_503, FaultRow::Value::none},
    FaultRow{"clock_skew_s", FaultKind::clock_skew_s, FaultRow::Value::number},
    FaultRow{"slow_ms", FaultKind::slow_ms, FaultRow::Value::number},
};
constexpr std::int64_t fault_value_max = 1'000'000; // eleven days, or a quarter of an hour

template <class Number>
std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

// A section whose properties are taken one by one.
class Section {
public:
    explicit Section(const ConfigSection& section) : section_(section) {}

    const std::string& name() const { return section_.name; }

    template <class... Args>
    Failure wrong(fmt::format_string<Args...> text, Args&&... args) const {
        return fail(Code::config_malformed, "[{} {}]: {}.", section_.type, section_.name,
                    fmt::format(text, std::forward<Args>(args)...));
    }

    Result<void> check_names(std::span<const std::string_view> known) const {
        for (const auto& [name, value] : section_.properties) {
            if (std::ranges::find(known, name) != known.end())
                continue;
            const std::string_view near = nearest(name, known);
            return near.empty() ? wrong("there is no property {}", printable(name, 64))
                                : wrong("there is no property {}; did you mean {}?", printable(name, 64), near);
        }
        return {};
    }

    // Empty when it is not there.
    std::string_view get(std::string_view name) const {
        const auto found = section_.properties.find(name);
        return found == section_.properties.end() ? std::string_view() : std::string_view(found->second);
    }
    Result<std::string_view> needed(std::string_view name) const {
        if (get(name).empty())
            return wrong("the property {} is missing", name);
        return get(name);
    }
    Result<bool> boolean(std::string_view name, bool usual) const {
        const std::string_view text = get(name);
        if (!text.empty() && text != "true" && text != "false")
            return wrong("{} must be true or false", name);
        return text.empty() ? usual : text == "true";
    }
    Result<std::chrono::seconds> duration(std::string_view name, std::chrono::seconds shortest,
                                          std::chrono::seconds usual) const {
        const std::string_view text = get(name);
        if (text.empty())
            return usual;
        const auto number = number_in<std::int64_t>(text);
        if (!number || *number < shortest.count() || *number > session_max.count())
            return wrong("{} must be {} to {} seconds, as in IAM", name, shortest.count(), session_max.count());
        return std::chrono::seconds(*number);
    }
    Result<Arn> arn(std::string_view name) const {
        AWSFED_TRY(const std::string_view text, needed(name));
        auto parsed = Arn::parse(text);
        if (!parsed || parsed->account().empty())
            return wrong("{} is not the ARN of something in an account", name);
        return *std::move(parsed);
    }
    Result<std::optional<Policy>> policy() const {
        if (get("policy").empty())
            return std::optional<Policy>();
        auto parsed = Policy::parse(get("policy"));
        if (!parsed)
            return fail(Code::policy_malformed, "[{} {}]: {}", section_.type, section_.name, parsed.error().message);
        return std::optional(*std::move(parsed));
    }

private:
    const ConfigSection& section_;
};

// Role names of this file, or ARNs.
Result<Arn> role_of(const Section& section, std::string_view text, const std::vector<Role>& roles) {
    for (const Role& role : roles) {
        if (role.name == text || role.arn.text() == text)
            return role.arn;
    }
    return section.wrong("there is no section [role {}]", printable(text, 64));
}

Result<Provider> read_provider(const Section& section) {
    constexpr std::array<std::string_view, 5> known{"arn", "issuer", "audience", "recipient", "idp_initiated"};
    AWSFED_CHECK(section.check_names(known));
    AWSFED_TRY(Arn arn, section.arn("arn"));
    if (!arn.is_saml_provider())
        return section.wrong("arn is not that of a SAML provider");
    AWSFED_TRY(const bool idp_initiated, section.boolean("idp_initiated", true));
    const auto or_else = [&](std::string_view name, std::string_view usual) {
        return std::string(section.get(name).empty() ? usual : section.get(name));
    };
    return Provider{.arn = std::move(arn),
                    .issuer = or_else("issuer", "http://adfs.example/adfs/services/trust"),
                    .audience = or_else("audience", "urn:amazon:webservices"),
                    .recipient = or_else("recipient", "https://signin.aws.amazon.com/saml"),
                    .idp_initiated = idp_initiated};
}

Result<Role> read_role(const Section& section, const Provider& provider) {
    constexpr std::array<std::string_view, 5> known{"arn", "max_session", "policy", "trust", "external_id"};
    AWSFED_CHECK(section.check_names(known));
    AWSFED_TRY(Arn arn, section.arn("arn"));
    if (!arn.is_role())
        return section.wrong("arn is not that of a role");
    AWSFED_TRY(const std::chrono::seconds longest, section.duration("max_session", session_min, session_min));
    std::vector<Arn> trust;
    for (const std::string& text : items_of(section.get("trust"))) {
        auto one = Arn::parse(text);
        if (!one)
            return section.wrong("\"{}\" in trust is not an ARN", printable(text, 100));
        trust.push_back(*std::move(one));
    }
    if (trust.empty())
        trust.push_back(provider.arn);
    AWSFED_TRY(std::optional<Policy> policy, section.policy());
    return Role{.name = section.name(),
                .arn = std::move(arn),
                .max_session = longest,
                .policy = std::move(policy),
                .trust = std::move(trust),
                .external_id = std::string(section.get("external_id"))};
}

// A word, and what belongs to it.
Result<SecondFactor> read_factor(const Section& section) {
    const std::string_view text = section.get("second_factor");
    const std::size_t blank = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, blank);
    const std::string_view rest = trimmed(text.substr(blank));
    using Kind = SecondFactor::Kind;
    if (text.empty())
        return SecondFactor();
    if (word == "telephone" || word == "telephone-denied")
        return SecondFactor{word == "telephone" ? Kind::telephone : Kind::telephone_denied, std::string(rest), {}};
    if (word == "code" && !rest.empty())
        return SecondFactor{Kind::code, std::string(rest), {}};
    auto app = word == "app" ? Totp::read(Secret(rest)) : Result<Totp>(fail(Code::setting_invalid, ""));
    if (!app)
        return section.wrong("second_factor must be \"code CODE\", \"app SECRET\" (in base32), \"telephone NUMBER\" or "
                             "\"telephone-denied NUMBER\"");
    return SecondFactor{Kind::app, "", *std::move(app)};
}

Result<User> read_user(const Section& section, const std::vector<Role>& roles) {
    constexpr std::array<std::string_view, 6> known{"password", "roles",          "session_name",
                                                    "state",    "origin_subject", "second_factor"};
    AWSFED_CHECK(section.check_names(known));
    AWSFED_TRY(const std::string_view password, section.needed("password"));
    User user{.name = section.name(), .password = Secret(password), .roles = {}, .session_name = section.name()};
    for (const std::string& text : items_of(section.get("roles"))) {
        AWSFED_TRY(Arn role, role_of(section, text, roles));
        user.roles.push_back(std::move(role));
    }
    user.origin_subject = section.get("origin_subject");
    if (const std::string_view name = section.get("session_name"); !name.empty())
        user.session_name = name == "none" ? "" : name;
    const std::string_view state = section.get("state");
    if (state == "disabled")
        user.state = UserState::disabled;
    else if (state == "must-change")
        user.state = UserState::must_change;
    else if (!state.empty() && state != "active")
        return section.wrong("state must be active, disabled or must-change");
    AWSFED_TRY(user.factor, read_factor(section));
    return user;
}

Result<LongTermKey> read_key(const Section& section) {
    constexpr std::array<std::string_view, 3> known{"secret", "arn", "policy"};
    AWSFED_CHECK(section.check_names(known));
    AWSFED_TRY(const std::string_view secret, section.needed("secret"));
    AWSFED_TRY(Arn arn, section.arn("arn"));
    if (arn.service() != "iam" || !arn.resource().starts_with("user/"))
        return section.wrong("arn is not that of a user");
    AWSFED_TRY(std::optional<Policy> policy, section.policy());
    return LongTermKey{
        .id = section.name(), .secret = Secret(secret), .user = std::move(arn), .policy = std::move(policy)};
}

bool is_account(std::string_view text) {
    return text.size() == account_digits && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Result<Account> read_account(const Section& section) {
    constexpr std::array<std::string_view, 2> known{"managers", "web_identity_tokens"};
    AWSFED_CHECK(section.check_names(known));
    if (!is_account(section.name()))
        return section.wrong("an account has {} digits", account_digits);
    Account account{.id = section.name(), .managers = items_of(section.get("managers"))};
    for (const std::string& manager : account.managers) {
        if (!is_account(manager))
            return section.wrong("\"{}\" in managers is not an account of {} digits", printable(manager, 64),
                                 account_digits);
    }
    AWSFED_TRY(account.web_identity_tokens, section.boolean("web_identity_tokens", false));
    return account;
}

Result<TradeIn> read_trade_in(const Section& section, const std::vector<Role>& roles) {
    constexpr std::array<std::string_view, 4> known{"token", "role", "duration", "state"};
    AWSFED_CHECK(section.check_names(known));
    AWSFED_TRY(const std::string_view token, section.needed("token"));
    AWSFED_TRY(const std::string_view role, section.needed("role"));
    AWSFED_TRY(Arn arn, role_of(section, role, roles));
    AWSFED_TRY(const std::chrono::seconds duration,
               section.duration("duration", std::chrono::seconds(900), session_min));
    const std::string_view state = section.get("state");
    if (!state.empty() && state != "valid" && state != "expired")
        return section.wrong("state must be valid or expired");
    return TradeIn{.name = section.name(),
                   .token = Secret(token),
                   .role = std::move(arn),
                   .duration = duration,
                   .expired = state == "expired"};
}

// "2", "2-4" or "3-".
Result<void> read_range(const Section& section, Fault& fault) {
    const std::string_view text = section.get("nth");
    if (text.empty())
        return {};
    const std::size_t dash = text.find('-');
    const auto first = number_in<unsigned>(text.substr(0, dash));
    const std::string_view behind = dash == text.npos ? text : text.substr(dash + 1);
    const auto last = behind.empty() ? std::optional(~0U) : number_in<unsigned>(behind);
    if (!first || !last || *first == 0 || *last < *first)
        return section.wrong("nth must be the number of a request, as in 1, 2-4 or 3-");
    fault.first = *first;
    fault.last = *last;
    return {};
}

Result<Fault> read_fault(const Section& section) {
    constexpr std::array<std::string_view, 3> known{"kind", "value", "nth"};
    AWSFED_CHECK(section.check_names(known));
    const std::string_view kind = section.get("kind").empty() ? section.name() : section.get("kind");
    const auto row = std::ranges::find(fault_table, kind, &FaultRow::name);
    if (row == fault_table.end()) {
        std::string all;
        for (const FaultRow& one : fault_table)
            all += fmt::format("{}{}", all.empty() ? "" : ", ", one.name);
        return section.wrong("there is no fault of that kind; there are {}", all);
    }
    Fault fault{.name = section.name(), .kind = row->kind, .text = std::string(section.get("value"))};
    if (row->value == FaultRow::Value::none && !fault.text.empty())
        return section.wrong("this kind of fault takes no value");
    if (row->value != FaultRow::Value::none && fault.text.empty())
        return section.wrong("this kind of fault needs a value");
    if (row->value == FaultRow::Value::number) {
        const auto number = number_in<std::int64_t>(fault.text);
        const bool may_be_negative = row->kind == FaultKind::clock_skew_s;
        if (!number || *number > fault_value_max || *number < (may_be_negative ? -fault_value_max : 0))
            return section.wrong("value must be a number up to {}", fault_value_max);
        fault.value = *number;
    }
    AWSFED_CHECK(read_range(section, fault));
    return fault;
}

Result<void> check_sections(const std::vector<ConfigSection>& sections) {
    constexpr std::array<std::string_view, 7> known{"provider", "role", "user", "key", "account", "trade_in", "fault"};
    for (const ConfigSection& section : sections) {
        if (std::ranges::find(known, section.type) == known.end())
            return fail(Code::config_malformed, "There are no sections of the type \"{}\"; there are {}.",
                        printable(section.type, 64), fmt::join(known, ", "));
        if (section.name.empty())
            return fail(Code::config_malformed, "A section [{} ...] has no name, or one with forbidden characters.",
                        section.type);
    }
    return {};
}

// Each section of the type, in order.
template <class Item, class Read>
Result<std::vector<Item>> read_all(const std::vector<ConfigSection>& sections, std::string_view type, Read read) {
    std::vector<Item> items;
    for (const ConfigSection& section : sections) {
        if (section.type != type)
            continue;
        AWSFED_TRY(Item item, read(Section(section)));
        items.push_back(std::move(item));
    }
    return items;
}

} // namespace

bool Role::trusts(std::string_view principal) const {
    return std::ranges::any_of(trust, [&](const Arn& one) { return one.text() == principal; });
}

const User* World::user(std::string_view name) const {
    const auto found =
        std::ranges::find_if(users, [&](const User& user) { return equal_ignoring_case(user.name, name); });
    return found == users.end() ? nullptr : &*found;
}

const Role* World::role(std::string_view arn) const {
    const auto found = std::ranges::find_if(roles, [&](const Role& role) { return role.arn.text() == arn; });
    return found == roles.end() ? nullptr : &*found;
}

const LongTermKey* World::key(std::string_view id) const {
    const auto found = std::ranges::find(keys, id, &LongTermKey::id);
    return found == keys.end() ? nullptr : &*found;
}

const Account* World::account(std::string_view id) const {
    const auto found = std::ranges::find(accounts, id, &Account::id);
    return found == accounts.end() ? nullptr : &*found;
}

const TradeIn* World::trade_in(std::string_view token) const {
    const auto found = std::ranges::find_if(trade_ins, [&](const TradeIn& one) { return one.token.equals(token); });
    return found == trade_ins.end() ? nullptr : &*found;
}

Result<World> read_world(std::string_view text) {
    AWSFED_TRY(const std::vector<ConfigSection> sections, read_config(text));
    AWSFED_CHECK(check_sections(sections));
    AWSFED_TRY(std::vector<Provider> providers, read_all<Provider>(sections, "provider", read_provider));
    if (providers.size() != 1)
        return fail(Code::config_malformed, "There must be one section [provider NAME], not {}.", providers.size());
    Provider& provider = providers.front();
    AWSFED_TRY(std::vector<Role> roles,
               read_all<Role>(sections, "role", [&](const Section& section) { return read_role(section, provider); }));
    AWSFED_TRY(std::vector<User> users,
               read_all<User>(sections, "user", [&](const Section& section) { return read_user(section, roles); }));
    AWSFED_TRY(std::vector<LongTermKey> keys, read_all<LongTermKey>(sections, "key", read_key));
    AWSFED_TRY(std::vector<Account> accounts, read_all<Account>(sections, "account", read_account));
    AWSFED_TRY(std::vector<TradeIn> trade_ins, read_all<TradeIn>(sections, "trade_in", [&](const Section& section) {
                   return read_trade_in(section, roles);
               }));
    AWSFED_TRY(std::vector<Fault> faults, read_all<Fault>(sections, "fault", read_fault));
    return World{.provider = std::move(provider),
                 .users = std::move(users),
                 .roles = std::move(roles),
                 .keys = std::move(keys),
                 .accounts = std::move(accounts),
                 .trade_ins = std::move(trade_ins),
                 .faults = std::move(faults)};
}

} // namespace awsfed::sandbox
