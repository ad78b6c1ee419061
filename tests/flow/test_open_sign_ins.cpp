#include "flow/open_sign_ins.h"

#include "flow/context.h"
#include "flow/signin.h"

#include <doctest/doctest.h>

#include <functional>
#include <memory>

using namespace awsfed;

namespace {

const Cancel never;

std::unique_ptr<SignIn> sign_in(const Context& context) {
    Settings settings;
    REQUIRE(settings.set("idp", "assertion"));
    REQUIRE(settings.set_secret("assertion", "PHNhbWw+"));
    auto begun = SignIn::start(context, std::move(settings), never);
    REQUIRE(begun);
    return *std::move(begun);
}

// Calls back when the last one who may write to it is gone, as a host is told.
std::shared_ptr<const Log::Sink> new_sink(std::function<void()> done) {
    return {new Log::Sink([](LogLevel, std::string_view, std::string_view) {}),
            [done = std::move(done)](const Log::Sink* sink) {
                delete sink;
                done();
            }};
}

} // namespace

TEST_CASE("a sign-in is there for who asks for the same, once") {
    const Context context{Settings()};
    OpenSignIns& open = context.open_sign_ins();
    open.keep({1}, sign_in(context));
    CHECK(open.take({2}) == nullptr);
    CHECK(open.take({1}) != nullptr);
    CHECK(open.take({1}) == nullptr);
}

TEST_CASE("another log ends those that would write to the one before") {
    int done = 0;
    Context context{Settings()};
    context.set_log(LogLevel::warning, new_sink([&] { ++done; }));
    context.open_sign_ins().keep({1}, sign_in(context));
    CHECK(done == 0);
    context.set_log(LogLevel::warning, nullptr);
    CHECK(done == 1);
}

TEST_CASE("whoever is told that one is gone may ask for others") {
    int done = 0;
    Context context{Settings()};
    OpenSignIns& open = context.open_sign_ins();
    std::unique_ptr<SignIn> last = [&] {
        Context other{Settings()};
        other.set_log(LogLevel::warning, new_sink([&] { done += open.is_empty() ? 0 : 1; }));
        return sign_in(other);
    }();
    open.keep({1}, std::move(last));
    open.keep({1}, sign_in(context)); // the one before is gone
    CHECK(done == 1);
}
