// A build server that deploys by one technical user to many roles.
#include "awsfed.hpp"

#include "fakes/identity_provider.h"
#include "temporary_folder.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

TEST_CASE("a thousand calls at once for fifty sessions of one user: one sign-in, and one call of STS for each") {
    constexpr int roles = 10;
    constexpr int durations = 5;
    constexpr int calls = 1000;
    awsfed::FakeIdentityProvider provider;
    provider.more_roles = roles;
    provider.start();
    awsfed::Settings base = provider.settings();
    base.set("timeout", "60s");
    const awsfed::Context context(base);
    std::atomic<int> brought = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < calls; ++i)
        threads.emplace_back([&, i] {
            const std::string role = provider.role + "-" + std::to_string(i % roles);
            awsfed::Settings call;
            call.set("role_arn", role).set("duration", std::to_string(900 + i / roles % durations));
            brought += context.obtain(call).text(AWSFED_CREDENTIALS_ROLE_ARN) == role ? 1 : 0;
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(brought == calls);
    CHECK(provider.password_posts == 1);
    CHECK(provider.sts_calls == roles * durations);
}

TEST_CASE("a shared response that got too old for STS is followed by another sign-in, once, and not by an error") {
    awsfed::FakeIdentityProvider provider;
    provider.more_roles = 2;
    provider.start();
    const awsfed::Context context(provider.settings());
    const auto obtain = [&](int number) {
        awsfed::Settings call;
        call.set("role_arn", provider.role + "-" + std::to_string(number));
        return context.obtain(call).text(AWSFED_CREDENTIALS_ROLE_ARN) == provider.role + "-" + std::to_string(number);
    };
    CHECK(obtain(0));
    CHECK(provider.password_posts == 1);
    provider.too_old = 1; // the first one's response, for the second role
    CHECK(obtain(1));
    CHECK(provider.password_posts == 2);
    CHECK(provider.sts_calls == 3);

    // Of a response that is new there is no other: then it is an error.
    const awsfed::Context another(provider.settings());
    provider.too_old = 1;
    awsfed::Settings call;
    call.set("role_arn", provider.role);
    CHECK_THROWS_AS(another.obtain(call), awsfed::Error);
    CHECK(provider.password_posts == 3);
}

TEST_CASE("another password is another sign-in, and a refused one is sent once for all roles") {
    awsfed::FakeIdentityProvider provider;
    provider.more_roles = 3;
    provider.start();
    const awsfed::Context context(provider.settings());
    context.obtain([&] {
        awsfed::Settings call;
        call.set("role_arn", provider.role);
        return call;
    }());
    for (int i = 0; i < 3; ++i) {
        awsfed::Settings wrong;
        wrong.set("role_arn", provider.role + "-" + std::to_string(i)).set_secret("password", "not it");
        CHECK_THROWS_WITH_AS(context.obtain(wrong), doctest::Contains("refused"), awsfed::Error);
    }
    CHECK(provider.password_posts == 2);
    CHECK(provider.sts_calls == 1);
}

TEST_CASE("security rule 6: a refused password is known to the whole process, however many contexts it has") {
    awsfed::FakeIdentityProvider provider;
    provider.start();
    for (int i = 0; i < 6; ++i) {
        awsfed::Settings settings = provider.settings();
        settings.set("role_arn", provider.role).set_secret("password", "not it");
        const awsfed::Context context(settings);
        CHECK_THROWS_WITH_AS(context.obtain(), doctest::Contains("refused"), awsfed::Error);
    }
    CHECK(provider.password_posts == 1);
}

TEST_CASE("a number of tries that is none is refused before anything is sent, and not taken for the usual one") {
    awsfed::FakeIdentityProvider provider;
    provider.start();
    for (const char* wrong : {"-1", "0", "51", "99999999999999999999"}) {
        awsfed::Settings settings = provider.settings();
        try {
            settings.set("role_arn", provider.role).set("password_tries", wrong);
            awsfed::Context(settings).obtain();
            FAIL(wrong);
        } catch (const awsfed::Error& error) {
            CHECK(error.setting() == "password_tries");
        }
    }
    CHECK(provider.password_posts == 0);
}

TEST_CASE("what a context has in memory is shown, for whom, and erased by its user's name") {
    awsfed::FakeIdentityProvider provider;
    provider.start();
    awsfed::Settings settings = provider.settings();
    settings.set("role_arn", provider.role);
    const awsfed::Context context(settings);
    context.obtain();
    std::size_t shown = 0;
    for (const awsfed::Kept& one : context.kept())
        shown += one.kind == "credentials" && one.user == provider.user && one.role_arn == provider.role ? 1U : 0U;
    CHECK(shown == 1);
    CHECK(context.erase_kept({}, {}, "somebody else") == 0);
    CHECK(context.erase_kept({}, {}, provider.user) == 1);
    context.obtain();
    CHECK(provider.sts_calls == 2);
}

TEST_CASE("with cache=off nothing is shared, and every call signs in") {
    awsfed::FakeIdentityProvider provider;
    provider.start();
    awsfed::Settings settings = provider.settings();
    settings.set("role_arn", provider.role).set("cache", "off");
    const awsfed::Context context(settings);
    for (int i = 0; i < 2; ++i)
        context.obtain();
    CHECK(provider.password_posts == 2);
}

namespace {

// Signs in with a context of its own each time, as another process would, but for the folder.
struct Folder {
    awsfed::TemporaryFolder folder;

    awsfed_status sign_in(awsfed::FakeIdentityProvider& provider, std::string_view password = {}) const {
        awsfed::Settings settings = provider.settings();
        settings.set("role_arn", provider.role).set("remaining_min", "2h").set("keep_session", "true");
        settings.set("cache", "files").set("cache_folder", folder.path("kept"));
        settings.set_secret("cache_key", "0123456789abcdef");
        if (!password.empty())
            settings.set_secret("password", password);
        try {
            awsfed::Context(settings).obtain();
        } catch (const awsfed::Error& error) {
            return error.status();
        }
        return AWSFED_OK;
    }
};

} // namespace

TEST_CASE("a kept session spares the password, until the provider has forgotten it") {
    for (const bool error_page : {false, true}) {
        const Folder folder;
        awsfed::FakeIdentityProvider provider;
        provider.session = 1;
        provider.stale_is_error = error_page;
        provider.start();
        for (int i = 0; i < 3; ++i)
            CHECK(folder.sign_in(provider) == AWSFED_OK);
        CHECK(provider.password_posts == 1);
        CHECK(folder.sign_in(provider, "not it") == AWSFED_E_REFUSED); // who does not know the password has no session
        CHECK(provider.password_posts == 2);
        provider.session = 2;
        for (int i = 0; i < 2; ++i)
            CHECK(folder.sign_in(provider) == AWSFED_OK);
        CHECK(provider.password_posts == 3);
        CHECK(provider.sts_calls == 5);
    }
}
