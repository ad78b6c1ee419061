#include "flow/factor_answers.h"

#include "base/random.h"
#include "cache/code_steps.h"
#include "temporary_folder.h"

#include <doctest/doctest.h>

using namespace awsfed;

namespace {

const Cancel never;
const Log silent;
const SystemRandom random_source;
constexpr std::string_view app = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

Settings settings_at(const std::string& folder, std::string_view secret = app) {
    Settings settings;
    REQUIRE(settings.set("idp", "adfs"));
    REQUIRE(settings.set("idp_url", "https://sts.example"));
    REQUIRE(settings.set("cache", "files"));
    REQUIRE(settings.set("cache_folder", folder));
    REQUIRE(settings.set_secret("cache_key", "a key of at least thirty-two random bytes"));
    REQUIRE(settings.set_secret("totp_secret", secret));
    return settings;
}

Result<std::optional<Secret>> answer(const Context& context, const Settings& settings) {
    const auto answers = FactorAnswers::open(context, settings, silent, never);
    REQUIRE(answers);
    return (*answers)->answer({.name = "passcode", .text = ""}, never);
}

} // namespace

TEST_CASE("codes that are all others' already are not sent by this process again") {
    const TemporaryFolder folder;
    const Settings settings = settings_at(folder.path("cache"));
    const Context context{Settings()};
    const Totp totp = *Totp::read(Secret(app));
    const auto store = context.stores().open(settings, never);
    REQUIRE_MESSAGE(store, store.error().message);
    const CodeSteps steps(*store, random_source);
    const auto take = [&] { return steps.take(totp.key, totp.step_at(SystemClock().now()), totp.period, never); };
    while (take())
        continue;
    const auto code = answer(context, settings);
    REQUIRE_FALSE(code);
    CHECK(code.error().code == Code::store_busy);
}

TEST_CASE("where no store can be written, the process knows what it sent; not where the ledger is required") {
    const TemporaryFolder folder;
    const std::string file = folder.write("cache", "a file in the place of the folder", 0600);
    const Context context{Settings()};
    Settings settings = settings_at(file, "MZXW6YTBOI3DGNBVGY3TQOJQGEZDGNBV");
    CHECK(answer(context, settings));
    REQUIRE(settings.set("password_ledger", "required"));
    const auto code = answer(context, settings);
    REQUIRE_FALSE(code);
    CHECK(code.error().code == Code::store_failed);
}
