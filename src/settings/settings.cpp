#include "settings/settings.h"

#include "base/limits.h"
#include "base/process.h"
#include "base/text.h"
#include "settings/aws_environment.h"
#include "settings/connector_section.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace awsfed {

namespace {

constexpr std::array rows{
#define AWSFED_SETTING(name, group, type, default_value, choices, guard, key, family, since, help)          \
    SettingRow{#name, #group, SettingType::type, default_value, choices, Guard::guard, Keying::key, family, \
               since, help},
#include "settings/settings.def"
#undef AWSFED_SETTING
};

constexpr auto names = [] {
    std::array<std::string_view, rows.size()> all;
    for (std::size_t i = 0; i < rows.size(); ++i)
        all[i] = rows[i].name;
    return all;
}();

Result<const SettingRow*> find_row(std::string_view name) {
    const auto found = std::ranges::find(rows, name, &SettingRow::name);
    if (found != rows.end())
        return &*found;
    const std::string_view near = nearest(name, names);
    return fail(Code::setting_unknown, "There is no setting \"{}\".", printable(name))
        .setting(printable(name))
        .advice(near.empty() ? std::string(row_of(Code::setting_unknown).advice)
                             : fmt::format("Did you mean {}?", near));
}

Failure malformed(const SettingRow& row, std::string_view value, std::string_view wanted) {
    return fail(Code::setting_invalid, "{} takes {}, not \"{}\".", row.name, wanted, printable(value, 80))
        .setting(row.name);
}

bool is_true(std::string_view text) { return text == "true" || text == "yes" || text == "1" || text == "on"; }
bool is_false(std::string_view text) { return text == "false" || text == "no" || text == "0" || text == "off"; }

bool is_integer(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

Result<void> check_type(const SettingRow& row, std::string_view value) {
    switch (row.type) {
    case SettingType::integer:
        if (!is_integer(value))
            return malformed(row, value, "a whole number");
        break;
    case SettingType::boolean:
        if (!is_true(value) && !is_false(value))
            return malformed(row, value, "true or false");
        break;
    case SettingType::duration:
        if (!read_duration(value))
            return malformed(row, value, "seconds, or a number with ms, s, m or h, of at most a year");
        break;
    case SettingType::arn:
        if (auto arn = Arn::parse(value); !arn)
            return fail_with(Code::setting_invalid, arn.error().message).setting(row.name);
        break;
    case SettingType::choice: {
        const std::vector<std::string> choices = items_of(row.choices);
        if (std::ranges::find(choices, value) == choices.end())
            return malformed(row, value, fmt::format("one of {}", fmt::join(choices, ", ")));
        break;
    }
    // URLs are read by the room that has the URL parser, JSON by the one that has JSON's.
    case SettingType::text:
    case SettingType::url:
    case SettingType::path:
    case SettingType::json:
    case SettingType::secret: break;
    }
    return {};
}

} // namespace

std::span<const SettingRow> setting_rows() { return rows; }

std::string_view type_name(SettingType type) {
    constexpr std::array<std::string_view, 10> type_names{"text", "integer", "boolean", "duration", "url",
                                                          "path", "arn",     "json",    "choice",   "secret"};
    return type_names[static_cast<std::size_t>(type)];
}

std::string_view guard_name(Guard guard) {
    constexpr std::array<std::string_view, 4> guard_names{"open", "pinned", "admin", "host"};
    return guard_names[static_cast<std::size_t>(guard)];
}

std::string_view keying_name(Keying key) {
    constexpr std::array<std::string_view, 3> keying_names{"sign-in", "keyed", "free"};
    return keying_names[static_cast<std::size_t>(key)];
}

std::string environment_name(std::string_view setting) {
    std::string name = "AWSFED_";
    for (const char c : setting)
        name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return name;
}

std::optional<std::chrono::milliseconds> read_duration(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units{
        {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
    const auto* known = std::ranges::find(units, unit, &std::pair<std::string_view, std::int64_t>::first);
    constexpr std::int64_t year_ms = 366LL * 24 * 3'600'000;
    if (error != std::errc() || known == units.end() || number < 0 || number > year_ms / known->second)
        return std::nullopt;
    return std::chrono::milliseconds(number * known->second);
}

Settings::Settings() : process_(process_id()) {}

Settings::Value Settings::Value::clone() const {
    Value copy;
    copy.origin = origin;
    copy.text = text;
    copy.reference = reference;
    if (secret)
        copy.secret = secret->clone();
    copy.trusted_file = trusted_file;
    return copy;
}

Result<Settings::Value> Settings::checked(const SettingRow& row, std::string_view text, Origin origin) const {
    const bool text_is_clean = text.find('\0') == std::string_view::npos && is_utf8(text);
    if (!text_is_clean || text.size() > setting_bytes_max)
        return fail(Code::setting_invalid, "The value of {} is not UTF-8 text of at most {} bytes.", row.name,
                    setting_bytes_max)
            .setting(row.name);
    Value value;
    value.origin = origin;
    if (row.type != SettingType::secret) {
        AWSFED_CHECK(check_type(row, text));
        value.text = text;
        return value;
    }
    auto reference = SecretReference::parse(text);
    if (!reference)
        return Failure(std::move(reference.error())).setting(row.name);
    if (reference->kind == SecretReference::Kind::command && origin == Origin::job)
        return fail(Code::command_forbidden, "A command for {} may come only from the host or a connector.", row.name)
            .setting(row.name);
    if (reference->kind == SecretReference::Kind::persistent && row.name != "cache_key") // it may be a new one
        return fail(Code::secret_reference, "A key that the kernel makes can be cache_key alone.").setting(row.name);
    value.reference = std::move(*reference);
    return value;
}

// The host's word is the last one: what a job said before gives way.
Result<void> Settings::set(std::string_view name, std::string_view text) {
    AWSFED_TRY(const SettingRow* row, find_row(name));
    const std::string key(row->name);
    if (text.empty()) {
        trusted_.erase(key);
        job_.erase(key);
        return {};
    }
    AWSFED_TRY(Value value, checked(*row, text, Origin::host));
    value.trusted_file = true;
    trusted_.insert_or_assign(key, std::move(value));
    job_.erase(key);
    return {};
}

Result<void> Settings::set_secret(std::string_view name, std::string_view bytes) {
    AWSFED_TRY(const SettingRow* row, find_row(name));
    if (row->type != SettingType::secret)
        return fail(Code::usage, "{} is not a secret; use the plain way to set it.", row->name).setting(row->name);
    if (bytes.size() > secret_bytes_max)
        return fail(Code::setting_invalid, "The secret for {} is longer than {} bytes.", row->name, secret_bytes_max)
            .setting(row->name);
    Value value;
    value.secret = Secret(bytes);
    trusted_.insert_or_assign(std::string(row->name), std::move(value));
    job_.erase(std::string(row->name));
    return {};
}

Result<void> Settings::load_connector(const std::string& path, std::string_view connector) {
    if (!connector_.empty())
        return fail(Code::usage, "The connector \"{}\" is loaded already; two are not mixed.", connector_);
    if (!job_.empty())
        return fail(Code::usage, "The connector must be loaded before a job's values are read.");
    AWSFED_TRY(const ConnectorFile file, read_connectors(path));
    AWSFED_TRY(const ConfigSection* found, find_connector(file, connector, path));
    for (const auto& [name, text] : found->properties) {
        if (name == id_property)
            continue;
        AWSFED_TRY(const SettingRow* row, find_row(name));
        if (row->guard == Guard::host)
            return fail(Code::setting_locked, "{} can be set by the host program only, not in a config file.", name)
                .setting(name);
        // An empty list would let everybody in, as if there were none.
        if (text.empty() && row->group == "access")
            return fail(Code::setting_invalid, "{} is there and says nothing.", name)
                .setting(name)
                .advice("Give it a value, or remove the line: then it limits nobody.");
        if (text.empty())
            continue;
        AWSFED_TRY(Value value, checked(*row, text, Origin::connector));
        value.trusted_file = file.only_ours;
        trusted_.insert_or_assign(name, std::move(value));
    }
    connector_ = found->name;
    connector_id_ = id_of(*found);
    return check_overridable();
}

namespace {

// A line break could forge a line of a log; blanks at an end would be lost in a list.
Result<void> check_name(std::string_view what, std::string_view name) {
    const bool is_good = !name.empty() && name.size() <= principal_bytes_max && trimmed(name) == name &&
                         printable(name, name.size()) == name;
    if (!is_good)
        return fail(Code::usage,
                    "The name of a {} is 1 to {} bytes of UTF-8 without control characters, and no blank at its ends.",
                    what, principal_bytes_max);
    return {};
}

} // namespace

Result<void> Settings::vouch_for(std::string_view principal) {
    AWSFED_CHECK(check_name("principal", principal));
    vouched_ = true;
    principal_ = Principal{.name = std::string(principal)};
    return {};
}

Result<void> Settings::vouch_for_group(std::string_view group) {
    AWSFED_CHECK(check_name("group", group));
    if (!principal_)
        return fail(Code::usage, "A group was named before its principal.");
    principal_->groups.emplace_back(group);
    return {};
}

void Settings::vouch_for_nobody() {
    vouched_ = true;
    principal_.reset();
}

// A name that can never be overridden must not look as if it could.
Result<void> Settings::check_overridable() const {
    for (const std::string& name : items_of(text("overridable"))) {
        AWSFED_TRY(const SettingRow* row, find_row(name));
        if (row->guard != Guard::open)
            return fail(Code::setting_invalid, "{} can never be overridden by a job.", row->name)
                .setting("overridable");
    }
    return {};
}

bool Settings::connector_lets(std::string_view name) const {
    const auto list = trusted_.find("overridable");
    const std::vector<std::string> names_let =
        list == trusted_.end() ? std::vector<std::string>() : items_of(list->second.text);
    return std::ranges::find(names_let, name) != names_let.end();
}

Result<void> Settings::check_job(const SettingRow& row, std::string_view value) const {
    const std::string who =
        connector_.empty() ? "the calling program" : fmt::format("the connector \"{}\"", connector_);
    const auto locked = [&](std::string_view why) -> Failure {
        return fail(Code::setting_locked, "{} {}.", row.name, why).setting(row.name);
    };
    if (row.guard == Guard::host)
        return locked("can be set by the host program only");
    const auto own = trusted_.find(row.name);
    if (own != trusted_.end() && row.type != SettingType::secret && own->second.text == value)
        return {}; // it changes nothing
    bool anything = false;
    for (const auto& [name, trusted] : trusted_) {
        const SettingRow& other = *std::ranges::find(rows, name, &SettingRow::name);
        anything = anything || other.guard != Guard::host;
        const bool related = other.name == row.name || (!row.family.empty() && other.family == row.family);
        // The host's own word cannot be overridden; what the connector sets can, where it lists every one concerned.
        const bool let = row.guard == Guard::open && trusted.origin == Origin::connector && connector_lets(row.name) &&
                         connector_lets(name);
        if (related && !let)
            return locked(fmt::format("is fixed by {}, which does not let a job change it", who));
    }
    // With nothing but the job's own words there is nobody whose secrets could be led astray.
    if (row.guard == Guard::admin && anything)
        return locked(fmt::format("is for {} to set, not for a job", who));
    return {};
}

Result<void> Settings::take_from_job(const SettingRow& row, std::string_view text) {
    AWSFED_CHECK(check_job(row, text));
    const auto own = trusted_.find(row.name);
    if (text.empty() || (own != trusted_.end() && row.type != SettingType::secret && own->second.text == text)) {
        job_.erase(std::string(row.name));
        if (text.empty())
            trusted_.erase(std::string(row.name)); // only where check_job lets it
        return {};
    }
    AWSFED_TRY(Value value, checked(row, text, Origin::job));
    job_.insert_or_assign(std::string(row.name), std::move(value));
    return {};
}

Result<void> Settings::override_by_job(std::string_view name, std::string_view text) {
    AWSFED_TRY(const SettingRow* row, find_row(name));
    return take_from_job(*row, text);
}

Result<void> Settings::read_environment() {
    for (const SettingRow& row : rows) {
        const std::string variable = environment_name(row.name);
        const char* value =
            std::getenv(variable.c_str()); // NOLINT(concurrency-mt-unsafe): read only, at the host's wish
        if (value == nullptr || *value == '\0')
            continue;
        if (auto done = override_by_job(row.name, value); !done) {
            done.error().message =
                fmt::format("The environment variable {} is refused: {}", variable, done.error().message);
            return pass(std::move(done.error()));
        }
    }
    return {};
}

Result<void> Settings::read_aws_environment() {
    const auto variable = [](const char* name) -> std::optional<std::string> {
        const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): as above
        return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
    };
    AWSFED_TRY(const std::vector<AwsHint> hints, aws_hints(variable));
    for (const AwsHint& hint : hints) {
        AWSFED_TRY(const SettingRow* row, find_row(hint.setting));
        if (!ambient_counts(*row))
            continue;
        auto value = checked(*row, hint.value, Origin::job);
        if (!value) {
            value.error().message = fmt::format("{} is refused: {}", hint.origin, value.error().message);
            return pass(std::move(value.error()));
        }
        ambient_.insert_or_assign(std::string(hint.setting), std::move(*value));
    }
    return {};
}

bool Settings::ambient_counts(const SettingRow& row) const {
    bool anything = false;
    for (const Values* values : {&trusted_, &job_}) {
        for (const auto& [name, value] : *values) {
            const SettingRow& other = *std::ranges::find(rows, name, &SettingRow::name);
            if (!row.family.empty() && other.family == row.family)
                return false;
            anything = anything || (values == &trusted_ && other.guard != Guard::host);
        }
    }
    return row.guard == Guard::open || !anything;
}

Result<Settings> Settings::overlaid_by(const Settings& top) const {
    if (process_id() != process_ || process_id() != top.process_)
        return fail(Code::forked, "These settings were made before the process forked.");
    if (!connector_.empty() && !top.connector_.empty() && connector_ != top.connector_)
        return fail(Code::usage, "The context has the connector \"{}\" and the call \"{}\"; two are not mixed.",
                    connector_, top.connector_);
    Settings out;
    const Settings& named = top.connector_.empty() ? *this : top;
    out.connector_ = named.connector_;
    out.connector_id_ = named.connector_id_;
    const Settings& vouching = top.vouched_ ? top : *this;
    out.vouched_ = vouching.vouched_;
    out.principal_ = vouching.principal_;
    for (const Values* values : {&trusted_, &top.trusted_}) {
        for (const auto& [name, value] : *values)
            out.trusted_.insert_or_assign(name, value.clone());
    }
    for (const Values* values : {&ambient_, &top.ambient_}) {
        for (const auto& [name, value] : *values)
            out.ambient_.insert_or_assign(name, value.clone());
    }
    for (const Values* values : {&job_, &top.job_}) {
        for (const auto& [name, value] : *values) {
            if (values == &job_ && top.trusted_.contains(name))
                continue; // the host said something else for this call
            AWSFED_CHECK(out.check_job(*std::ranges::find(rows, name, &SettingRow::name), value.text));
            out.job_.insert_or_assign(name, value.clone());
        }
    }
    return out;
}

Settings Settings::clone() const {
    Settings out;
    out.connector_ = connector_;
    out.connector_id_ = connector_id_;
    out.vouched_ = vouched_;
    out.principal_ = principal_;
    out.process_ = process_;
    for (const auto& [from, to] :
         {std::pair(&trusted_, &out.trusted_), {&job_, &out.job_}, {&ambient_, &out.ambient_}}) {
        for (const auto& [name, value] : *from)
            to->insert_or_assign(name, value.clone());
    }
    return out;
}

void Settings::freeze() {
    Values counting;
    for (auto& [name, value] : ambient_) {
        if (find(name) == &value)
            counting.insert_or_assign(name, value.clone());
    }
    ambient_.clear();
    trusted_.merge(counting);
}

void Settings::derive(std::string_view name, std::string_view text) {
    for (Values* values : {&trusted_, &job_, &ambient_}) {
        if (const auto found = values->find(name); found != values->end())
            values->erase(found);
    }
    if (text.empty())
        return;
    Value value;
    value.text = text;
    trusted_.insert_or_assign(std::string(name), std::move(value));
}

const Settings::Value* Settings::find(std::string_view name) const {
    if (const auto said = job_.find(name); said != job_.end())
        return &said->second;
    if (const auto found = trusted_.find(name); found != trusted_.end())
        return &found->second;
    const auto around = ambient_.find(name);
    const bool counts = around != ambient_.end() && ambient_counts(*std::ranges::find(rows, name, &SettingRow::name));
    return counts ? &around->second : nullptr;
}

bool Settings::has(std::string_view name) const { return find(name) != nullptr; }

std::string Settings::text(std::string_view name) const {
    if (const Value* value = find(name))
        return value->text;
    return std::string(std::ranges::find(rows, name, &SettingRow::name)->default_value);
}

bool Settings::boolean(std::string_view name) const { return is_true(text(name)); }

std::optional<std::chrono::milliseconds> Settings::duration(std::string_view name) const {
    const std::string value = text(name);
    return value.empty() ? std::nullopt : read_duration(value);
}

std::optional<Arn> Settings::arn(std::string_view name) const {
    const auto parsed = Arn::parse(text(name)); // checked when it was set
    return parsed ? std::optional(*parsed) : std::nullopt;
}

void Settings::for_each(const std::function<void(const SettingRow&, const std::string&)>& visit) const {
    for (const SettingRow& row : rows) {
        if (const Value* value = find(row.name))
            visit(row, value->text);
    }
}

bool Settings::refers_elsewhere() const {
    return std::ranges::any_of(std::array{&trusted_, &job_, &ambient_}, [](const Values* values) {
        return std::ranges::any_of(*values, [](const auto& named) { return named.second.reference.has_value(); });
    });
}

Result<std::optional<Secret>> Settings::secret(std::string_view name, const Cancel& cancel) const {
    const Value* value = find(name);
    if (value == nullptr)
        return std::nullopt;
    if (value->secret && process_id() != process_) // its pages are empty here
        return fail(Code::forked, "The secret {} was set before the process forked.", name).setting(name);
    const bool commands_allowed = boolean("allow_commands") && value->trusted_file;
    auto secret = value->secret ? Result<Secret>(value->secret->clone())
                                : fetch_secret(*value->reference, commands_allowed, cancel);
    if (!secret)
        return Failure(std::move(secret.error())).setting(name);
    if (secret->empty()) // an empty password would be an attempt all the same, and some servers take it for "anonymous"
        return fail(Code::secret_unreadable, "The secret for {} is empty.", name).setting(name);
    return std::move(*secret);
}

Result<void> Settings::hold_secrets(const Cancel& cancel, Keying which) {
    for (const SettingRow& row : rows) {
        const bool is_meant = row.key == Keying::sign_in || row.key == which;
        if (row.type != SettingType::secret || !is_meant || !has(row.name))
            continue;
        AWSFED_TRY(std::optional<Secret> bytes, secret(row.name, cancel));
        for (Values* values : {&job_, &trusted_, &ambient_}) { // the order of find
            if (const auto said = values->find(row.name); said != values->end()) {
                said->second.secret = std::move(bytes);
                said->second.reference.reset();
                break;
            }
        }
    }
    return {};
}

} // namespace awsfed
