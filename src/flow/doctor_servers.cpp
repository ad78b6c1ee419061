// The servers: their names, connections, certificates and clocks. Nothing secret is sent to them.
#include "aws/service_clock.h"
#include "base/partition.h"
#include "base/text.h"
#include "flow/doctor_steps.h"
#include "flow/obtain.h"
#include "flow/plan.h"
#include "flow/sts_plan.h"
#include "http/date.h"
#include "http/server_look.h"
#include "saml/keys.h"

#include <algorithm>

namespace awsfed::doctor {

namespace {

using std::chrono::days;
using std::chrono::seconds;

const SystemClock system_clock;
constexpr days soon(30);
constexpr seconds offset_warned(60);
constexpr seconds offset_failed(300); // AWS and AD FS refuse what is so far off
constexpr std::size_t answer_bytes_max = 65536;

// Who vouches for a server that is not trusted: most often a proxy that looks into TLS, or the company's own authority.
std::string voucher_of(const Url& url, const NetworkTerms& terms, const Cancel& cancel) {
    const auto look = look_at_untrusted_server(url, terms, cancel);
    if (!look || look->certificates.empty())
        return {};
    return fmt::format(" It shows a certificate that \"{}\" has issued.", printable(look->certificates.back().issuer));
}

void tell_certificate(Visitor& v, std::string_view step, const ServerLook& look) {
    if (look.certificates.empty())
        return v.warn(step, "Plain http: whoever is in between reads along.",
                      "Use https but for tests on one machine.");
    const ShownCertificate& own = look.certificates.front();
    const auto read = read_certificates_pem(own.pem);
    if (!read)
        return v.warn(step, "The certificate is trusted, and cannot be shown: " + read.error().message, "");
    const Validity validity = validity_until(read->front().not_after);
    v.add(step, validity.outcome,
          fmt::format("{}, issued by {}, {}.", printable(read->front().subject), printable(own.issuer), validity.text),
          validity.outcome == Outcome::ok ? "" : "Have the server's certificate renewed before it ends.");
}

// The connection, and the certificate where there is one.
void look_at(Visitor& v, std::string_view who, const Url& url, const NetworkTerms& terms) {
    const std::string step = fmt::format("{}-connection", who);
    auto look = look_at_server(url, terms, v.cancel);
    if (!look) {
        Error error = std::move(look.error());
        if (error.code == Code::certificate_untrusted)
            error.message += voucher_of(url, terms, v.cancel);
        return v.fail(step, error);
    }
    v.ok(step, fmt::format("{} {} {} in {} ms.", url.host_and_port(), look->by_proxy ? "by the proxy" : "at",
                           look->address, look->took.count()));
    tell_certificate(v, fmt::format("{}-certificate", who), *look);
}

// STS answers anybody's GET with a page or a refusal; what counts is the Date.
void ask_for_time(Visitor& v, const std::shared_ptr<const StsPlan>& plan) {
    constexpr std::string_view step = "sts-clock";
    CurlTransport transport(std::shared_ptr<const NetworkTerms>(plan, &plan->network), CurlTransport::Cookies::off,
                            v.log, v.context.connections());
    const Request request{.url = plan->endpoint.url, .answer_bytes_max = answer_bytes_max};
    const auto answer = transport.send(request, v.cancel);
    if (!answer)
        return v.skip(step, "There was no answer to look at: " + answer.error().message);
    compare_clocks(v, step, "STS", answer->header("date"), system_clock.now());
}

void ask_who_calls(Visitor& v) {
    const auto answer = ask_sts(StsAction::get_caller_identity, v.context, v.call, nullptr, v.cancel);
    if (!answer)
        return v.fail("caller", answer.error());
    const auto arn = std::ranges::find(answer->members, "Arn", &std::pair<std::string, std::string>::first);
    v.ok("caller", fmt::format("STS knows the caller as {}.",
                               arn == answer->members.end() ? "somebody" : printable(arn->second)));
}

} // namespace

Validity validity_until(Time end) {
    const auto left = std::chrono::floor<days>(end - system_clock.now());
    if (left < days(0))
        return {fmt::format("over since {}", iso_time(end)), Outcome::failed};
    return {fmt::format("until {}, {} days", iso_time(end), left.count()),
            left < soon ? Outcome::warning : Outcome::ok};
}

void compare_clocks(Visitor& v, std::string_view step, std::string_view whose, std::string_view date, Time local) {
    const auto there = read_http_date(date);
    if (!there)
        return v.skip(step, fmt::format("The answer of {} has no Date.", whose));
    const auto offset = std::chrono::round<seconds>(*there - local);
    const seconds size = std::chrono::abs(offset);
    const std::string found = fmt::format("The clock of {} is {} s {} this machine's.", whose, size.count(),
                                          offset < seconds(0) ? "behind" : "before");
    if (size <= offset_warned)
        return v.ok(step,
                    size <= seconds(2) ? fmt::format("The clocks of {} and of this machine agree.", whose) : found);
    const std::string advice = "Have both clocks set by NTP: responses are good for minutes, signatures for five.";
    if (size <= offset_failed)
        return v.warn(step, found, advice);
    v.fail(step, found, advice);
}

void look_at_idp(Visitor& v) {
    const auto url = url_setting(v.settings, "idp_url");
    const auto terms = network_terms(v.settings, v.cancel);
    if (!url || !terms)
        return v.skip("idp-connection", "Its settings must be put right first.");
    look_at(v, "idp", *url, *terms);
}

void look_at_sts(Visitor& v) {
    const auto action = action_of(v.settings);
    auto made =
        action ? sts_plan(v.settings, *action, CallerOf::host, v.cancel) : Result<StsPlan>(pass(action.error()));
    if (!made)
        return v.skip("sts-connection", "Its settings must be put right first.");
    const auto plan = std::make_shared<const StsPlan>(*std::move(made));
    const std::string region = v.settings.text("region");
    v.ok("sts", fmt::format("{}{}, {}.", plan->endpoint.url.origin(), plan->endpoint.is_of_aws ? "" : " (sts_endpoint)",
                            region.empty() ? "no region"
                                           : fmt::format("region {} of the partition {}", printable(region),
                                                         partition_or_aws(region).id)));
    look_at(v, "sts", plan->endpoint.url, plan->network);
    ask_for_time(v, plan);
    if (idp_of(v.settings) == Idp::none && v.settings.has("access_key_id"))
        ask_who_calls(v);
}

} // namespace awsfed::doctor
