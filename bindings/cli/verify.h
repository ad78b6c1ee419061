// awsfed saml verify: the verdict on a SAML response, check by check.
#pragma once

#include "awsfed.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace cli {

// One verification as its flags have it.
struct VerifyOptions {
    std::string file = "-";
    std::string config, connector;
    std::string metadata, certificates, entity_id;
    std::string at; // YYYY-MM-DDThh:mm:ssZ; empty: now
    std::vector<std::string> keys;
    std::string form = "auto";
    std::vector<std::string> recipients, audiences, allow;
    std::string region, attribute_prefix, ca_file;
    int skew = 0; // seconds
    bool http_loopback = false;

    void add_to(CLI::App& command);
};

// 0 when the verdict allows, 1 when it does not. As a table, or as one JSON object.
int saml_verify(const VerifyOptions& options, bool json);

// Answers each line of standard input, a JSON list of arguments, by a line with the JSON object.
int saml_verify_lines();

} // namespace cli
