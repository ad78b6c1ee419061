#include "aws/sts_request.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

namespace {

using enum StsParameter;

constexpr std::string_view policy_text = R"({"Version":"2012-10-17","Statement":[]})";
constexpr std::string_view role = "arn:aws:iam::123456789012:role/build/deploy";
constexpr std::string_view provider = "arn:aws:iam::123456789012:saml-provider/ADFS";
const std::string form_of_role = "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fbuild%2Fdeploy";

StsRequest assume_role(std::string_view name = "build") {
    StsRequest request(StsAction::assume_role);
    request.set(role_arn, role).set(role_session_name, name);
    return request;
}

StsRequest with_saml(std::string_view response = "YWJj") {
    StsRequest request(StsAction::assume_role_with_saml);
    request.set(role_arn, role).set(principal_arn, provider).set(assertion, Secret(response));
    return request;
}

StsRequest federated(std::string_view name = "bob", bool allow_no_policy = true) {
    StsRequest request(StsAction::get_federation_token);
    request.set(federated_name, name);
    request.allow_no_policy = allow_no_policy;
    return request;
}

std::string text_of(const StsRequest& request) {
    const auto body = sts_body(request);
    return body ? std::string(body->reveal()) : "refused: " + body.error().message;
}

Error refusal_of(const StsRequest& request) {
    const auto body = sts_body(request);
    return body ? Error{} : body.error();
}

Error refusal_of_policy(std::string_view text) {
    StsRequest request = with_saml();
    request.set(policy, text);
    return refusal_of(request);
}

std::string policy_of(std::size_t chars) {
    std::string text = R"({"a":")";
    text.append(chars - text.size() - 2, 'x');
    return text + "\"}";
}

} // namespace

TEST_CASE("AssumeRoleWithSAML carries the role, the provider, the assertion and the terms") {
    StsRequest request = with_saml("+a/b==");
    request.set(policy, "{\"a b\": 1}");
    request.set(policy_arns, std::vector<std::string>{"arn:aws:iam::aws:policy/ReadOnlyAccess",
                                                      "arn:aws:iam::123456789012:policy/p"});
    request.set_duration(std::chrono::seconds(3600));
    CHECK(text_of(request) ==
          "Action=AssumeRoleWithSAML&Version=2011-06-15" + form_of_role +
              "&PrincipalArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Asaml-provider%2FADFS&SAMLAssertion=%2Ba%2Fb%3D%3D"
              "&PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnlyAccess"
              "&PolicyArns.member.2.arn=arn%3Aaws%3Aiam%3A%3A123456789012%3Apolicy%2Fp"
              "&Policy=%7B%22a%20b%22%3A%201%7D&DurationSeconds=3600");
}

TEST_CASE("AssumeRole carries what it was given, and nothing of other actions") {
    CHECK(text_of(assume_role("a.b@c")).ends_with("&RoleSessionName=a.b%40c"));
    StsRequest request = assume_role("ab");
    request.set(external_id, "id:1/2").set(federated_name, "not of this action").set(source_identity, "mara");
    request.set(session_tags, StsRequest::Pairs{{"Team", "a b"}, {"Env", ""}});
    request.set(transitive_tag_keys, std::vector<std::string>{"Team"});
    request.set(provided_contexts, StsRequest::Pairs{{"arn:aws:iam::aws:contextProvider/IdentityCenter", "eyJh"}});
    CHECK(text_of(request).ends_with("&RoleSessionName=ab&ExternalId=id%3A1%2F2&SourceIdentity=mara"
                                     "&Tags.member.1.Key=Team&Tags.member.1.Value=a%20b"
                                     "&Tags.member.2.Key=Env&Tags.member.2.Value=&TransitiveTagKeys.member.1=Team"
                                     "&ProvidedContexts.member.1.ProviderArn=arn%3Aaws%3Aiam%3A%3Aaws%3AcontextProvider"
                                     "%2FIdentityCenter&ProvidedContexts.member.1.ContextAssertion=eyJh"));
}

TEST_CASE("the other actions have the parameters of the service model") {
    StsRequest web(StsAction::assume_role_with_web_identity);
    web.set(role_arn, role).set(role_session_name, "build").set(web_identity_token, Secret("e.y.J"));
    CHECK(text_of(web) == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15" + form_of_role +
                              "&RoleSessionName=build&WebIdentityToken=e.y.J");
    StsRequest root(StsAction::assume_root);
    root.set(target_principal, "111122223333").set(task_policy_arn, "arn:aws:iam::aws:policy/root-task/S3Unlock");
    root.set_duration(std::chrono::seconds(0));
    CHECK(text_of(root) == "Action=AssumeRoot&Version=2011-06-15&DurationSeconds=0&TargetPrincipal=111122223333"
                           "&TaskPolicyArn.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2Froot-task%2FS3Unlock");
    StsRequest session(StsAction::get_session_token);
    CHECK(text_of(session) == "Action=GetSessionToken&Version=2011-06-15");
    session.set(mfa_serial, "arn:aws:iam::123456789012:mfa/u").set(mfa_code, Secret("012345"));
    CHECK(text_of(session).ends_with("&SerialNumber=arn%3Aaws%3Aiam%3A%3A123456789012%3Amfa%2Fu&TokenCode=012345"));
    StsRequest scoped(StsAction::get_scoped_credentials);
    scoped.set(policy, policy_text).set(scope_description, "for the upload").set(session_token_size_min, "2048");
    CHECK(text_of(scoped).find("&ScopedSessionDescription=for%20the%20upload&MinimumSessionTokenSize=2048") !=
          std::string::npos);
    StsRequest token(StsAction::get_web_identity_token);
    token.set(token_audiences, std::vector<std::string>{"https://a.example", "b"}).set(signing_algorithm, "ES384");
    CHECK(text_of(token) == "Action=GetWebIdentityToken&Version=2011-06-15&Audience.member.1=https%3A%2F%2Fa.example"
                            "&Audience.member.2=b&SigningAlgorithm=ES384");
    StsRequest traded(StsAction::get_delegated_access_token);
    traded.set(trade_in_token, Secret("t"));
    CHECK(text_of(traded).ends_with("&TradeInToken=t"));
    StsRequest key(StsAction::get_access_key_info);
    key.set(asked_key_id, "AKIAIOSFODNN7EXAMPLE");
    CHECK(text_of(key).ends_with("&AccessKeyId=AKIAIOSFODNN7EXAMPLE"));
    StsRequest message(StsAction::decode_authorization_message);
    message.set(encoded_message, "a-b_c");
    CHECK(text_of(message).ends_with("&EncodedMessage=a-b_c"));
    CHECK(text_of(StsRequest(StsAction::get_caller_identity)) == "Action=GetCallerIdentity&Version=2011-06-15");
}

TEST_CASE("each action names the setting that it misses") {
    for (const StsActionRow& row : sts_actions()) {
        CAPTURE(row.name);
        const Error error = refusal_of(StsRequest(row.action));
        if (row.required.empty() && row.action != StsAction::get_scoped_credentials) {
            CHECK(error.message.empty());
            continue;
        }
        CHECK(error.code == Code::setting_missing);
        CHECK_FALSE(error.setting.empty());
    }
}

TEST_CASE("an MFA code and its device go together") {
    StsRequest request = assume_role();
    request.set(mfa_code, Secret("123456"));
    CHECK(refusal_of(request).setting == "mfa_serial");
    request.set(mfa_serial, "GAHT12345678");
    CHECK(sts_body(request));
    request.set(mfa_code, Secret("12345a"));
    const Error error = refusal_of(request);
    CHECK(error.setting == "mfa_code");
    CHECK(error.message.find("12345a") == std::string::npos);
}

TEST_CASE("a session name that STS does not take is refused, and the setting is named") {
    for (const std::string& name : {std::string("a"), std::string(65, 'a'), std::string("PLAN/JOB"), std::string("a b"),
                                    std::string("b\xC3\xA4u"), std::string("a#b"), std::string("a\nb")}) {
        const Error error = refusal_of(assume_role(name));
        CHECK(error.code == Code::setting_invalid);
        CHECK(error.setting == "role_session_name");
        CHECK(error.advice.find("2 to 64 characters") != std::string::npos);
    }
    CHECK(sts_body(assume_role(std::string(64, 'a'))));
    CHECK(refusal_of(assume_role("")).code == Code::setting_missing);
}

TEST_CASE("an external id that STS does not take is refused, and the setting is named") {
    StsRequest request = assume_role();
    request.set(external_id, "a b");
    CHECK(refusal_of(request).code == Code::setting_invalid);
    CHECK(refusal_of(request).setting == "external_id");
}

TEST_CASE("session tags are as AWS takes them") {
    const auto fault = [](StsRequest::Pairs tags) {
        StsRequest request = assume_role();
        request.set(session_tags, std::move(tags));
        return refusal_of(request).message;
    };
    CHECK(fault({{"Team", "\xC3\x84rzte/1 =+-@"}}).empty());
    CHECK(fault({{"Team", "a"}, {"team", "b"}}).find("twice") != std::string::npos);
    CHECK(fault({{"aws:x", "a"}}).find("prefix") != std::string::npos);
    CHECK(fault({{"Team", "a,b"}}).find("value") != std::string::npos);
    CHECK(fault({{"", "a"}}).find("key") != std::string::npos);
    CHECK_FALSE(fault(StsRequest::Pairs(51, {"Team", "a"})).empty());
}

TEST_CASE("a federated name has 32 characters at most") {
    CHECK(text_of(federated()) == "Action=GetFederationToken&Version=2011-06-15&Name=bob");
    CHECK(sts_body(federated(std::string(32, 'a'))));
    const Error error = refusal_of(federated(std::string(33, 'a')));
    CHECK(error.code == Code::setting_invalid);
    CHECK(error.setting == "federated_name");
}

TEST_CASE("a federation token without any policy is refused, unless that is what is wanted") {
    StsRequest request = federated("bob", false);
    const Error error = refusal_of(request);
    CHECK(error.code == Code::policy_absent);
    CHECK(error.setting == "policy");
    CHECK(error.advice.find("allow_no_policy=true") != std::string::npos);
    request.set(policy, policy_text);
    CHECK(sts_body(request));
    StsRequest managed = federated("bob", false);
    managed.set(policy_arns, std::vector<std::string>{"arn:aws:iam::aws:policy/ReadOnlyAccess"});
    CHECK(sts_body(managed));
}

TEST_CASE("a policy of 2,048 characters is sent, and a longer one refused with its length") {
    CHECK(refusal_of_policy(policy_of(2048)).message.empty());
    const Error error = refusal_of_policy(policy_of(2049));
    CHECK(error.code == Code::policy_too_long);
    CHECK(error.setting == "policy");
    CHECK(error.message.find("2049 characters") != std::string::npos);
    StsRequest token = federated();
    token.set(policy, policy_of(2049));
    CHECK(refusal_of(token).code == Code::policy_too_long);
    // Of AssumeRole, the service model of 2026 has no maximum.
    StsRequest request = assume_role();
    request.set(policy, policy_of(2049));
    CHECK(sts_body(request));
}

TEST_CASE("a policy's length is counted in characters, not in bytes") {
    std::string text = R"({"a":")";
    for (int i = 0; i < 2040; ++i)
        text += "\xC3\xBF";
    CHECK(refusal_of_policy(text + "\"}").message.empty());
}

TEST_CASE("a policy that is no JSON object is refused, with line and column") {
    const Error error = refusal_of_policy("{\n  \"Version\" \"2012-10-17\"\n}");
    CHECK(error.code == Code::policy_malformed);
    CHECK(error.setting == "policy");
    CHECK(error.message.find("Line 2, column 13") != std::string::npos);
    CHECK(refusal_of_policy("[]").code == Code::policy_malformed);
}

TEST_CASE("a policy with characters beyond U+00FF is refused where they stand") {
    const Error error = refusal_of_policy("{\n\"a\": \"\xE2\x82\xAC\"}");
    CHECK(error.code == Code::policy_malformed);
    CHECK(error.setting == "policy");
    CHECK(error.message.find("line 2, column 7") != std::string::npos);
    CHECK(error.advice.find("\\u") != std::string::npos);
    CHECK(refusal_of_policy("{\"a\": \"\xFF\"}").code == Code::policy_malformed);
}

TEST_CASE("ten policy ARNs are sent, and eleven refused") {
    std::vector<std::string> arns;
    for (int i = 0; i < 10; ++i)
        arns.push_back(fmt::format("arn:aws:iam::123456789012:policy/p{}", i));
    StsRequest request = assume_role();
    request.set(policy_arns, arns);
    CHECK(sts_body(request));
    arns.emplace_back(role);
    request.set(policy_arns, arns);
    CHECK(refusal_of(request).code == Code::setting_invalid);
    CHECK(refusal_of(request).setting == "policy_arns");
    request.set(policy_arns, std::vector<std::string>{"ReadOnlyAccess"});
    CHECK(refusal_of(request).setting == "policy_arns");
}

TEST_CASE("a duration is within the bounds of its action") {
    const auto with = [](StsRequest request, int seconds) {
        request.set_duration(std::chrono::seconds(seconds));
        return refusal_of(request);
    };
    for (const int seconds : {900, 43'200}) {
        CHECK(with(assume_role(), seconds).message.empty());
        CHECK(with(with_saml(), seconds).message.empty());
        CHECK(with(federated(), seconds).message.empty());
    }
    CHECK(with(federated(), 129'600).message.empty());
    for (const int seconds : {-1, 0, 899, 129'601}) {
        const Error error = with(federated(), seconds);
        CHECK(error.code == Code::setting_invalid);
        CHECK(error.setting == "duration");
        CHECK(error.advice.find("900 to 129600 seconds") != std::string::npos);
    }
    CHECK(with(assume_role(), 43'201).setting == "duration");
    CHECK(with(assume_role(), 43'201).advice.find("12 hours") != std::string::npos);
}

TEST_CASE("an assertion longer than STS takes is not sent") {
    CHECK(sts_body(with_saml(std::string(100'000, 'A'))));
    const Error error = refusal_of(with_saml(std::string(100'001, 'A')));
    CHECK(error.code == Code::assertion_refused);
    CHECK(error.message.find("100001 characters") != std::string::npos);
}
