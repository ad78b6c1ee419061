// The sandbox without its sockets: what comes in is handed to its services, at a time that the test decides.
#pragma once

#include "aws/sigv4.h"
#include "base/encode.h"
#include "markup/form.h"
#include "sandbox/adfs.h"
#include "sandbox/sts.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace awsfed::sandbox {

class SetClock : public Clock {
public:
    Time now() const override { return time; }
    Time time = *read_time("2026-11-25T18:00:00Z", ZoneRule::utc_only);
};

// Keys take time to make, and nothing in them depends on a test.
inline const TokenService& shared_tokens() {
    static const TokenService tokens(SetClock().now());
    return tokens;
}

inline World world_or_fail(std::string_view text) {
    auto world = read_world(text);
    if (!world)
        FAIL(world.error().message);
    return *std::move(world);
}

struct TestKeys {
    std::string id, secret, token;
};

inline std::string form(const Pairs& fields) {
    FormBody body;
    for (const auto& [name, value] : fields)
        body.add(name, value);
    return std::string(std::move(body).take().reveal());
}

inline std::string policy(std::string_view action, std::string_view resource = "*", std::string_view effect = "Allow") {
    return fmt::format(R"({{"Version":"2012-10-17","Statement":{{"Effect":"{}","Action":"{}","Resource":"{}"}}}})",
                       effect, action, resource);
}

// What AssumeRole needs.
inline Pairs role(const char* arn, Pairs more = {}) {
    more.emplace_back("RoleArn", arn);
    more.emplace_back("RoleSessionName", "ci");
    return more;
}

// The text between two tags of an answer; empty when it is not there.
inline std::string inside(const Answer& answer, std::string_view tag) {
    const std::string open = fmt::format("<{}>", tag);
    const std::size_t at = answer.body.find(open);
    if (at == std::string::npos)
        return {};
    const std::size_t begin = at + open.size();
    return answer.body.substr(begin, answer.body.find('<', begin) - begin);
}

inline constexpr const char* build = "arn:aws:iam::123456789012:role/build";
inline constexpr const char* reader = "arn:aws:iam::123456789012:role/reader";
inline constexpr const char* deploy = "arn:aws:iam::123456789012:role/deploy";

class Play {
public:
    explicit Play(std::string_view more = {}) : world(world_or_fail(fmt::format("{}\n{}", default_world(), more))) {}

    SetClock clock;
    World world;
    FaultBook faults{world.faults};
    Adfs idp{world, shared_tokens(), faults, clock, "https://127.0.0.1:8443"};
    Sts sts{world, shared_tokens(), faults, clock};

    static constexpr std::string_view entry = "/adfs/ls/IdpInitiatedSignOn.aspx";

    Answer open(std::string_view query = "loginToRp=urn:amazon:webservices") {
        return idp.answer({.method = "GET", .path = std::string(entry), .query = std::string(query)});
    }
    Answer send_password(std::string_view user, std::string_view password) {
        return idp.answer({.method = "POST",
                           .path = std::string(entry),
                           .query = "loginToRp=urn:amazon:webservices",
                           .headers = {{"Cookie", "MSISSamlRequest=begun"}},
                           .body = form({{"UserName", std::string(user)},
                                         {"Password", std::string(password)},
                                         {"AuthMethod", "FormsAuthentication"}})});
    }
    static std::string cookie_of(const Answer& answer, std::string_view name) {
        for (const auto& [header, value] : answer.headers) {
            if (header == "Set-Cookie" && value.starts_with(fmt::format("{}=", name)))
                return value.substr(0, value.find(';'));
        }
        return {};
    }
    // The SAMLResponse of a user who signs in as a browser does.
    std::string response_for(std::string_view user, std::string_view password = "Correct-Horse-7") {
        const std::string cookie = cookie_of(send_password(user, password), "MSISAuth");
        const Answer page = idp.answer({.method = "GET",
                                        .path = std::string(entry),
                                        .query = "loginToRp=urn:amazon:webservices",
                                        .headers = {{"Cookie", cookie}}});
        const auto read = read_page(page.body, page.type);
        const auto response = read ? saml_response_in(*read) : std::nullopt;
        return response ? std::string(response->reveal()) : std::string();
    }

    Answer trade(const std::string& response, Pairs more = {}) {
        Pairs fields{{"Action", "AssumeRoleWithSAML"},
                     {"Version", "2011-06-15"},
                     {"PrincipalArn", "arn:aws:iam::123456789012:saml-provider/ADFS"},
                     {"SAMLAssertion", response}};
        bool has_role = false;
        for (auto& field : more) {
            has_role |= field.first == "RoleArn";
            std::erase_if(fields, [&](const auto& one) { return one.first == field.first; });
            fields.push_back(std::move(field));
        }
        if (!has_role)
            fields.emplace_back("RoleArn", "arn:aws:iam::123456789012:role/build");
        return sts.answer({.method = "POST", .path = "/", .headers = {}, .body = form(fields)});
    }

    Received signed_request(const TestKeys& keys, std::string_view action, const Pairs& more = {},
                            std::string_view service = "sts", const std::string& host = "127.0.0.1:8444") const {
        Pairs fields{{"Action", std::string(action)}, {"Version", "2011-06-15"}};
        fields.insert(fields.end(), more.begin(), more.end());
        Received request{.method = "POST", .path = "/", .headers = {{"Host", host}}, .body = form(fields)};
        const std::vector<HeaderView> headers{{"Host", host}};
        const auto made =
            sign_headers({.method = "POST", .path = "/", .query = {}, .headers = headers, .body = request.body},
                         {.access_key_id = keys.id, .secret_access_key = keys.secret, .session_token = keys.token},
                         {.region = "eu-central-1", .service = service, .time = clock.now()});
        REQUIRE(made);
        for (const auto& [name, value] : made->headers)
            request.headers.emplace_back(name, value);
        for (const auto& [name, value] : made->secret_headers)
            request.headers.emplace_back(name, value.reveal());
        return request;
    }
    Answer call(const TestKeys& keys, std::string_view action, const Pairs& more = {}) {
        return sts.answer(signed_request(keys, action, more));
    }

    // The keys of a session that a user signed in for, in the role build.
    TestKeys session_of(std::string_view user, const Pairs& more = {}) {
        return keys_in(trade(response_for(user), more));
    }

    static TestKeys long_term() { return {"AKIASANDBOXEXAMPLE00", "sandbox/secret/access/key/of/no/worth/00", ""}; }
    static TestKeys keys_in(const Answer& answer) {
        return {inside(answer, "AccessKeyId"), inside(answer, "SecretAccessKey"), inside(answer, "SessionToken")};
    }
};

// The answer is a refusal with this code, and the journal's reason has these words.
inline void check_refused(const Answer& answer, std::string_view code, std::string_view why = {}) {
    CHECK(inside(answer, "Code") == code);
    CHECK(answer.outcome == code);
    INFO(answer.why);
    CHECK(answer.why.find(why) != std::string::npos);
    CHECK(inside(answer, "SecretAccessKey").empty());
}

} // namespace awsfed::sandbox
