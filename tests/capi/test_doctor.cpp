// The doctor through the C interface.
#include "awsfed.hpp"

#include "fakes/identity_provider.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace {

std::string outcome_of(const awsfed::Report& report, std::string_view name) {
    const auto steps = report.steps();
    const auto found = std::ranges::find(steps, name, &awsfed::Step::name);
    return found == steps.end() ? "" : std::string(found->outcome);
}

} // namespace

TEST_CASE("a report is made without the password, and with it by one post") {
    awsfed::FakeIdentityProvider provider;
    provider.start();
    const awsfed::Context context(provider.settings());
    const awsfed::Report looked = context.doctor({});
    CHECK(looked.is_healthy());
    CHECK(outcome_of(looked, "entry") == "ok");
    CHECK(outcome_of(looked, "sign-in") == "");
    CHECK(looked.talk().empty());
    CHECK(provider.password_posts == 0);
    const awsfed::Report whole =
        context.doctor({}, AWSFED_DOCTOR_PASSWORD | AWSFED_DOCTOR_TRADE | AWSFED_DOCTOR_RECORD);
    CHECK(outcome_of(whole, "sign-in") == "ok");
    CHECK(outcome_of(whole, "trade") == "ok");
    CHECK(whole.talk().find("= response PHNhbWw+") != std::string_view::npos);
    CHECK(provider.password_posts == 1);
}

TEST_CASE("a refused password is a report, no failure, and has code and advice") {
    awsfed::FakeIdentityProvider provider;
    provider.start();
    awsfed::Settings wrong;
    wrong.set_secret("password", "not it at all");
    const awsfed::Report report = awsfed::Context(provider.settings()).doctor(wrong, AWSFED_DOCTOR_PASSWORD);
    CHECK_FALSE(report.is_healthy());
    for (const awsfed::Step& step : report.steps()) {
        if (step.outcome != "failed")
            continue;
        CHECK(step.name == "sign-in");
        CHECK(step.code == "credentials-refused");
        CHECK_FALSE(step.advice.empty());
    }
}

TEST_CASE("for whom the settings are not, nothing is looked at") {
    awsfed::FakeIdentityProvider provider;
    provider.start();
    awsfed::Settings listed;
    listed.set("allowed_principals", "bob");
    listed.vouch_for("alice");
    const awsfed::Report report = awsfed::Context(provider.settings()).doctor(listed, AWSFED_DOCTOR_PASSWORD);
    CHECK(report.steps().size() == 1);
    CHECK(report.steps().front().code == "connector-refused");
    CHECK(provider.password_posts == 0);
}

TEST_CASE("what breaks the rules of the header is usage") {
    awsfed_report* report = nullptr;
    CHECK(awsfed_doctor(nullptr, nullptr, 0, nullptr, &report, nullptr) == AWSFED_E_USAGE);
    const awsfed::Context context;
    CHECK(awsfed_doctor(context.get(), nullptr, 64, nullptr, &report, nullptr) == AWSFED_E_USAGE);
    CHECK(awsfed_doctor(context.get(), nullptr, 0, nullptr, nullptr, nullptr) == AWSFED_E_USAGE);
    CHECK(report == nullptr);
    CHECK(awsfed_report_count(nullptr) == 0);
    CHECK(awsfed_report_healthy(nullptr) == 0);
    CHECK(awsfed_report_text(nullptr, 0, AWSFED_REPORT_STEP, nullptr) == nullptr);
    CHECK(awsfed_report_talk(nullptr, nullptr) == nullptr);
    awsfed_report_free(nullptr);
}

TEST_CASE("a cancelled call makes no report") {
    awsfed::FakeIdentityProvider provider;
    provider.start();
    awsfed::Cancel cancel;
    cancel.now();
    CHECK_THROWS_WITH_AS(awsfed::Context(provider.settings()).doctor({}, 0, &cancel), doctest::Contains("cancelled"),
                         awsfed::Error);
}
