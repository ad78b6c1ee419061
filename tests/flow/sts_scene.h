// An STS that gives a session for everything, whose key id names the role, and remembers what it was asked.
#pragma once

#include "base/text.h"
#include "flow/obtain.h"
#include "http/tls_server.h"
#include "temporary_folder.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace awsfed {

struct StsScene {
    using Values = std::vector<std::pair<std::string, std::string>>;

    TlsServer host;
    TemporaryFolder folder;
    std::string ca_file = folder.write("ca.pem", host.identity.pem(), 0644);
    Credentials source{};
    int status = 200; // another one: that, with nothing

    StsScene() {
        host.server.Post("/", [this](const httplib::Request& request, httplib::Response& response) {
            const std::lock_guard lock(mutex_);
            asked_.push_back(request);
            response.status = status;
            if (status == 200)
                response.set_content(answer(request), "text/xml");
        });
        host.start();
        source.access_key_id = Secret("AKIDEXAMPLE");
        source.secret_access_key = Secret("wJalrXUtnFEMI");
    }

    Settings settings(const Values& more = {}) const {
        Settings settings;
        for (const Values& values : {Values{{"sts_endpoint", host.url("/")},
                                            {"region", "eu-central-1"},
                                            {"ca_file", ca_file},
                                            {"attempts", "1"},
                                            {"role_arn", role("build")},
                                            {"role_session_name", "build-1"}},
                                     more}) {
            for (const auto& [name, value] : values)
                REQUIRE(settings.set(name, value));
        }
        return settings;
    }
    static std::string role(std::string_view name) { return fmt::format("arn:aws:iam::123456789012:role/{}", name); }
    static std::string key_id_of(std::string_view name) { return fmt::format("ASIA_{}", name); }

    std::size_t calls() const {
        const std::lock_guard lock(mutex_);
        return asked_.size();
    }
    std::string sent(const std::string& parameter) const { return sent(calls() - 1, parameter); }
    std::string sent(std::size_t call, const std::string& parameter) const {
        const std::lock_guard lock(mutex_);
        return asked_.at(call).get_param_value(parameter);
    }
    bool signed_by(const std::string& key_id) const {
        const std::lock_guard lock(mutex_);
        return asked_.back().get_header_value("Authorization").find("Credential=" + key_id + "/") != std::string::npos;
    }

private:
    static std::string answer(const httplib::Request& request) {
        const std::string role_arn = request.get_param_value("RoleArn");
        const std::string role = role_arn.substr(role_arn.rfind('/') + 1);
        return fmt::format(R"(<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>)"
                           R"(<Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>fake</SecretAccessKey>)"
                           R"(<SessionToken>fake</SessionToken><Expiration>{}</Expiration></Credentials>)"
                           R"(<AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:x</AssumedRoleId>)"
                           R"(<Arn>arn:aws:sts::123456789012:assumed-role/{}/{}</Arn></AssumedRoleUser>)"
                           R"(</AssumeRoleResult></AssumeRoleResponse>)",
                           key_id_of(role), iso_time(SystemClock().now() + std::chrono::hours(1)), role,
                           request.get_param_value("RoleSessionName"));
    }

    mutable std::mutex mutex_;
    std::vector<httplib::Request> asked_;
};

} // namespace awsfed
