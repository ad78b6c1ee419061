// The settings: who may use them, whether they are whole, where their secrets come from, what the ledger says.
#include "base/text.h"
#include "flow/access.h"
#include "flow/doctor_steps.h"
#include "flow/ledger_gate.h"
#include "flow/obtain.h"
#include "flow/plan.h"
#include "flow/sts_plan.h"
#include "flow/trust.h"

#include <fmt/ranges.h>

namespace awsfed::doctor {

namespace {

bool needs_password(const Settings& settings) {
    const std::string method = settings.text("adfs_method");
    return idp_of(settings) == Idp::form ||
           (idp_of(settings) == Idp::adfs && (method == "forms" || method == "ntlm" || method == "ws-trust"));
}

std::vector<std::string> secrets_of(const Settings& settings) {
    std::vector<std::string> names;
    settings.for_each([&](const SettingRow& row, const std::string&) {
        if (row.type == SettingType::secret && row.key != Keying::free)
            names.emplace_back(row.name);
    });
    return names;
}

// All that is wrong, not the first alone.
class Problems {
public:
    explicit Problems(Visitor& v) : v_(v) {}

    template <class T>
    bool check(const Result<T>& result) {
        if (result)
            return true;
        v_.fail("settings", result.error());
        any_ = true;
        return false;
    }
    bool any() const { return any_; }

private:
    Visitor& v_;
    bool any_ = false;
};

void check_adfs(Problems& problems, const Settings& settings) {
    const auto terms = adfs_terms(settings);
    if (!problems.check(terms))
        return;
    if (const auto start = url_setting(settings, "idp_url"))
        problems.check(adfs_urls(*start, terms->relying_party));
    if (settings.has("user") && terms->method == AdfsMethod::forms)
        problems.check(adfs_user_name(settings.text("user"), terms->default_domain));
}

void check_sts(Problems& problems, const Settings& settings, const Cancel& cancel) {
    const auto action = action_of(settings);
    if (!problems.check(action))
        return;
    const auto plan = sts_plan(settings, *action, CallerOf::settings, cancel);
    if (problems.check(plan) && *action == StsAction::assume_role_with_saml)
        problems.check(check_before_sign_in(plan->request));
}

std::string way_of(const Settings& settings) {
    const std::string connector =
        settings.connector().empty() ? "" : fmt::format("Connector \"{}\": ", settings.connector());
    const std::string region = settings.has("region") ? ", region " + settings.text("region") : "";
    const std::string role =
        settings.has("role_arn") ? ", " + settings.text("role_arn") : ", no role_arn: the one role that is offered";
    if (idp_of(settings) == Idp::none)
        return fmt::format("{}the caller's own keys{}{}.", connector, role, region);
    const std::string method = idp_of(settings) == Idp::adfs ? " by " + settings.text("adfs_method") : "";
    return fmt::format(
        "{}idp={}{} at {}, {}{}{}.", connector, settings.text("idp"), method, printable(settings.text("idp_url")),
        settings.has("user") ? "user " + printable(settings.text("user")) : "no user is set", role, region);
}

} // namespace

bool look_at_access(Visitor& v) {
    const Settings& settings = v.settings;
    if (const auto use = check_use(settings); !use) {
        v.fail("access", use.error());
        return false;
    }
    const Principal* principal = settings.principal();
    const bool is_listed = settings.has("allowed_principals") || settings.has("allowed_groups");
    v.ok("access", fmt::format("{} may use {}.", principal == nullptr ? "The system" : printable(principal->name),
                               is_listed ? "it: the connector lists who may" : "it, as may everybody"));
    return true;
}

void look_at_secrets(Visitor& v) {
    const std::vector<std::string> names = secrets_of(v.settings);
    bool is_whole = true;
    // Each failure takes one secret away, so this ends.
    for (auto held = v.settings.hold_secrets(v.cancel); !held; held = v.settings.hold_secrets(v.cancel)) {
        const Error& error = held.error();
        const bool is_needed = error.setting != "password" || v.wishes.with_password;
        v.tell("secrets", is_needed ? Outcome::failed : Outcome::warning, error);
        is_whole = false;
        if (error.setting.empty() || !v.settings.has(error.setting))
            return;
        v.settings.derive(error.setting, "");
    }
    if (is_whole)
        v.ok("secrets", names.empty() ? "None is set." : fmt::format("All can be had: {}.", fmt::join(names, ", ")));
    for (const std::string& name : names) {
        if (const auto secret = v.settings.secret(name, v.cancel); secret && *secret)
            v.log.hide((*secret)->reveal());
    }
}

void look_at_settings(Visitor& v) {
    const Settings& settings = v.settings;
    Problems problems(v);
    const Idp idp = idp_of(settings);
    problems.check(network_terms(settings, v.cancel));
    if (idp == Idp::form || idp == Idp::adfs)
        problems.check(sign_in_terms(settings, v.cancel));
    if (idp == Idp::adfs)
        check_adfs(problems, settings);
    check_sts(problems, settings, v.cancel);
    problems.check(aws_rules(settings));
    if (!problems.any())
        v.ok("settings", way_of(settings));
    if (needs_password(settings) && !settings.has("password") && v.wishes.with_password)
        v.fail("settings", missing("password", "The sign-in").take());
    if (settings.has("proxy"))
        v.ok("proxy", fmt::format("{}{}, but not for loopback{}.", printable(settings.text("proxy")),
                                  settings.has("proxy_user") ? " as " + printable(settings.text("proxy_user")) : "",
                                  settings.has("no_proxy") ? " and " + printable(settings.text("no_proxy")) : ""));
}

void look_at_ledger(Visitor& v) {
    constexpr std::string_view step = "ledger";
    const Settings& settings = v.settings;
    if (!needs_password(settings))
        return v.skip(step, "No password is used.");
    if (keeps_in_store(settings)) {
        if (const auto store = v.context.stores().open(settings, v.cancel); !store) {
            const bool is_required = settings.text("password_ledger") == "required";
            v.tell(step, is_required ? Outcome::failed : Outcome::warning, store.error());
        }
    }
    auto gate = LedgerGate::open(v.context, settings, v.log, v.cancel);
    if (!gate)
        return v.fail(step, gate.error());
    const std::string where =
        keeps_in_store(settings) ? fmt::format("cache={}", settings.text("cache")) : "this process";
    const auto password = settings.secret("password", v.cancel);
    if (!password || !*password || !settings.has("user"))
        return v.skip(step, fmt::format("It lies in {}. Without user and password there is nothing to ask it.", where));
    if (const auto let = (*gate)->check(settings.text("user"), **password, v.cancel); !let)
        return v.fail(step, let.error());
    v.ok(step, fmt::format("It lies in {}, and would let this password be sent.", where));
}

} // namespace awsfed::doctor
