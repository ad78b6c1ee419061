// An identity provider and an STS on one loopback port, for tests of the C interface: they check no
// signature and no password but one. What they prove is how the interface behaves, never that a call
// is right; real parties prove that (tests/real, tests/peers).
#pragma once

#include "awsfed.hpp"
#include "fakes/loopback_server.h"

#include <openssl/evp.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <string>
#include <thread>

namespace awsfed {

class FakeIdentityProvider {
public:
    const std::string user = "alice";
    const std::string password = "correct horse \"battery\" st\xC3\xA4ple";
    const std::string role = "arn:aws:iam::123456789012:role/build";
    const std::string access_key_id = "ASIAFAKEFAKEFAKEFAKE";
    const std::string secret_access_key = "fakeSecret/fakeSecret+fakeSecret";
    const std::string session_token = "fakeToken//////////fakeToken==";

    // Whoever shows the cookie of this session is signed in without a page; 0: there is none. A stale cookie is met
    // with an error page where `stale_is_error`, else with the page that asks for the password.
    std::atomic<int> session = 0;
    std::atomic<bool> stale_is_error = false;

    int more_roles = 0; // that are offered: build-0, build-1 and so on
    std::string response_given; // in the place of its own, where it is not empty

    std::atomic<int> password_posts = 0;
    std::atomic<int> sts_calls = 0;
    std::atomic<int> too_old = 0; // so many next responses are older than STS takes them
    std::atomic<bool> hang = false;
    std::atomic<int> hanging = 0;

    FakeIdentityProvider() {
        host_.server.Get("/start", [this](const httplib::Request& request, httplib::Response& response) {
            for (++hanging; hang; --hanging)
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            start(request, response);
        });
        host_.server.Post("/in", [this](const httplib::Request& request, httplib::Response& response) {
            sign_in(request, response);
        });
        host_.server.Post("/sts", [this](const httplib::Request& request, httplib::Response& response) {
            answer(request, response);
        });
        host_.server.set_keep_alive_max_count(1);
    }
    ~FakeIdentityProvider() { hang = false; }
    void start() { host_.start(); }
    // The server's own threads and descriptors are those of this process too; let them come to rest.
    void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(100)); }

    std::string start_url() const { return host_.url("/start"); }
    std::string sts_url() const { return host_.url("/sts"); }
    Settings settings() const {
        Settings made;
        made.set("idp", "form").set("idp_url", start_url()).set("sts_endpoint", sts_url()).set("http_loopback", "true");
        made.set("user", user).set_secret("password", password);
        return made;
    }

private:
    static constexpr const char* form =
        R"(<form method="post" action="/in"><input name="u"><input type="password" name="p"></form>)";

    static std::string utc(int seconds) {
        const std::time_t time = std::time(nullptr) + seconds;
        std::tm parts{};
        ::gmtime_r(&time, &parts);
        char text[32];
        return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
    }

    static std::string base64(const std::string& bytes) {
        std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
        text.pop_back();
        return text;
    }

    std::string values_of_more_roles() const {
        std::string values;
        for (int i = 0; i < more_roles; ++i)
            values += "<AttributeValue>" + role + "-" + std::to_string(i) +
                      ",arn:aws:iam::123456789012:saml-provider/fake</AttributeValue>";
        return values;
    }

    std::string response() const {
        const std::string attribute = "https://aws.amazon.com/SAML/Attributes/";
        return R"(<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" Version="2.0" IssueInstant=")" +
               utc(0) +
               R"("><Issuer>https://fake.example</Issuer><p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status>)" +
               R"(<Assertion ID="_a" Version="2.0" IssueInstant=")" + utc(0) +
               R"("><Issuer>https://fake.example</Issuer><Subject><NameID>alice</NameID><SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><SubjectConfirmationData Recipient="https://signin.aws.amazon.com/saml" NotOnOrAfter=")" +
               utc(300) + R"("/></SubjectConfirmation></Subject><Conditions NotOnOrAfter=")" + utc(300) +
               R"("><AudienceRestriction><Audience>urn:amazon:webservices</Audience></AudienceRestriction></Conditions><AuthnStatement AuthnInstant=")" +
               utc(0) +
               R"("><AuthnContext><AuthnContextClassRef>urn:x</AuthnContextClassRef></AuthnContext></AuthnStatement><AttributeStatement><Attribute Name=")" +
               attribute + R"(Role"><AttributeValue>)" + role + ",arn:aws:iam::123456789012:saml-provider/fake" +
               R"(</AttributeValue>)" + values_of_more_roles() + R"(</Attribute><Attribute Name=")" + attribute +
               R"(RoleSessionName"><AttributeValue>alice</AttributeValue></Attribute></AttributeStatement></Assertion></p:Response>)";
    }

    std::string response_page() const {
        return R"(<form method="post" action="https://signin.aws.amazon.com/saml"><input type="hidden" name="SAMLResponse" value=")" +
               base64(response_given.empty() ? response() : response_given) + R"("></form>)";
    }

    void start(const httplib::Request& request, httplib::Response& answer) {
        const std::string shown = request.get_header_value("Cookie");
        const bool is_known = session != 0 && shown == "session=" + std::to_string(session);
        if (!shown.empty() && !is_known && stale_is_error)
            answer.status = 400;
        else
            answer.set_content(is_known ? response_page() : form, "text/html; charset=utf-8");
    }

    void sign_in(const httplib::Request& request, httplib::Response& answer) {
        ++password_posts;
        const bool right = request.get_param_value("u") == user && request.get_param_value("p") == password;
        if (right && session != 0)
            answer.set_header("Set-Cookie", "session=" + std::to_string(session) + "; HttpOnly");
        answer.set_content(right ? response_page() : form, "text/html; charset=utf-8");
    }

    void answer(const httplib::Request& request, httplib::Response& answer) {
        ++sts_calls;
        if (too_old > 0) {
            --too_old;
            answer.status = 400;
            answer.set_content(
                "<ErrorResponse><Error><Code>ExpiredTokenException</Code><Message>Token must be redeemed "
                "within 5 minutes of issuance</Message></Error></ErrorResponse>",
                "text/xml");
            return;
        }
        const std::string action = request.get_param_value("Action");
        answer.set_content("<" + action + R"(Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><)" + action +
                               "Result><Credentials><AccessKeyId>" + access_key_id + "</AccessKeyId><SecretAccessKey>" +
                               secret_access_key + "</SecretAccessKey><SessionToken>" + session_token +
                               "</SessionToken><Expiration>" + utc(3600) + "</Expiration></Credentials></" + action +
                               "Result></" + action + "Response>",
                           "text/xml");
    }

    LoopbackServer host_;
};

} // namespace awsfed
