// Settings, and the table of what can be set.
#include "flow/access.h"
#include "guarded.h"
#include "settings/connector_section.h"

using namespace awsfed;
using namespace awsfed::capi;

static_assert(AWSFED_SECRET == static_cast<int>(SettingType::secret) &&
              AWSFED_CHOICE == static_cast<int>(SettingType::choice) &&
              AWSFED_URL == static_cast<int>(SettingType::url));

awsfed_status awsfed_settings_new(awsfed_settings** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        *out = new awsfed_settings{};
        return {};
    });
}

awsfed_status awsfed_settings_set(awsfed_settings* s, const char* name, size_t name_n, const char* value,
                                  size_t value_n, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(s);
        AWSFED_TRY(std::string_view key, text_in(name, name_n));
        AWSFED_TRY(std::string_view text, text_in(value, value_n));
        return s->settings.set(key, text);
    });
}

awsfed_status awsfed_settings_set_secret(awsfed_settings* s, const char* name, size_t name_n, const void* value,
                                         size_t value_n, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(s);
        AWSFED_TRY(std::string_view key, text_in(name, name_n));
        AWSFED_TRY(std::string_view bytes, bytes_in(value, value_n));
        return s->settings.set_secret(key, bytes);
    });
}

awsfed_status awsfed_settings_load(awsfed_settings* s, const char* path, size_t path_n, const char* connector,
                                   size_t connector_n, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(s);
        AWSFED_TRY(std::string_view file, text_in(path, path_n));
        AWSFED_TRY(std::string_view name, text_in(connector, connector_n));
        return s->settings.load_connector(std::string(file), name);
    });
}

awsfed_status awsfed_settings_override(awsfed_settings* s, const char* name, size_t name_n, const char* value,
                                       size_t value_n, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(s);
        AWSFED_TRY(std::string_view key, text_in(name, name_n));
        AWSFED_TRY(std::string_view text, text_in(value, value_n));
        return s->settings.override_by_job(key, text);
    });
}

awsfed_status awsfed_settings_environment(awsfed_settings* s, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(s);
        return s->settings.read_environment();
    });
}

awsfed_status awsfed_settings_aws_environment(awsfed_settings* s, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(s);
        return s->settings.read_aws_environment();
    });
}

awsfed_status awsfed_settings_principal(awsfed_settings* s, const char* principal, size_t n, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(s);
        if (principal == nullptr) {
            s->settings.vouch_for_nobody();
            return {};
        }
        AWSFED_TRY(std::string_view name, text_in(principal, n));
        return s->settings.vouch_for(name);
    });
}

awsfed_status awsfed_settings_group(awsfed_settings* s, const char* group, size_t n, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(s);
        AWSFED_TRY(std::string_view name, text_in(group, n));
        return s->settings.vouch_for_group(name);
    });
}

awsfed_status awsfed_connectors(const char* path, size_t n, awsfed_names** names, awsfed_names** ids,
                                awsfed_error** err) {
    if (ids != nullptr)
        *ids = nullptr;
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(names);
        *names = nullptr;
        AWSFED_TRY(std::string_view text, text_in(path, n));
        AWSFED_TRY(const ConnectorFile file, read_connectors(std::string(text)));
        auto all = std::make_unique<awsfed_names>();
        auto all_ids = std::make_unique<awsfed_names>();
        for (const ConfigSection& connector : file.connectors) {
            all->items.push_back(connector.name);
            all_ids->items.emplace_back(id_of(connector));
        }
        *names = all.release();
        if (ids != nullptr)
            *ids = all_ids.release();
        return {};
    });
}

awsfed_status awsfed_may_use(const awsfed_settings* s, int32_t* allowed, awsfed_error** why, awsfed_error** err) {
    if (why != nullptr)
        *why = nullptr;
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(allowed);
        *allowed = 0;
        AWSFED_NEEDS(s);
        if (s->settings.connector().empty())
            return fail(Code::usage, "These settings have no connector that somebody could use.");
        auto verdict = check_use(s->settings);
        if (verdict)
            *allowed = 1;
        else if (why != nullptr)
            *why = new awsfed_error{std::move(verdict.error())};
        return {};
    });
}

void awsfed_settings_free(awsfed_settings* s) { delete s; }

size_t awsfed_setting_count(void) { return setting_rows().size(); }

const char* awsfed_setting_text(size_t index, awsfed_setting_field field, size_t* n) {
    if (index >= setting_rows().size())
        return absent(n);
    const SettingRow& row = setting_rows()[index];
    // The texts of the table are literals, so they end in a NUL.
    const auto literal = [n](std::string_view text) { return text_out(text.data(), text.size(), n); };
    const auto literal_or_absent = [&](std::string_view text) { return text.empty() ? absent(n) : literal(text); };
    switch (field) {
    case AWSFED_SETTING_NAME: return literal(row.name);
    case AWSFED_SETTING_GROUP: return literal(row.group);
    case AWSFED_SETTING_DEFAULT: return literal_or_absent(row.default_value);
    case AWSFED_SETTING_HELP: return literal(row.help);
    case AWSFED_SETTING_CHOICES: return literal_or_absent(row.choices);
    case AWSFED_SETTING_SINCE: return literal(row.since);
    case AWSFED_SETTING_GUARD: return literal(guard_name(row.guard));
    case AWSFED_SETTING_KEY: return literal(keying_name(row.key));
    default: return absent(n);
    }
}

awsfed_setting_type awsfed_setting_type_of(size_t index) {
    return index < setting_rows().size() ? static_cast<awsfed_setting_type>(setting_rows()[index].type) : AWSFED_TEXT;
}
