// The family policy-invalid: texts of policies with the first fault of their form, or none.
#include "vectors/report.h"

#include "base/text.h"
#include "markup/json.h"
#include "policy/lint.h"
#include "policy/read.h"
#include "vectors/json_tree.h"
#include "vectors/policy_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vectors {

namespace {

using awsfed::policy::Finding;
using awsfed::policy::Severity;

// The kinds of the family are our codes with other strokes.
std::string kind_of(const Finding& finding) {
    std::string kind(finding.name());
    std::ranges::replace(kind, '-', '_');
    return kind;
}

std::string place_of(std::string_view text, const Finding& finding) {
    const awsfed::JsonPlace place = awsfed::place_in(text, finding.offset);
    return fmt::format("{} at {} ({}:{})", kind_of(finding), awsfed::code_points(text.substr(0, place.offset)),
                       place.line, place.column);
}

void judge_form(Case& one, const Json& entry, std::string_view text, const std::vector<Finding>& findings) {
    const std::string got = findings.empty() ? "no fault" : place_of(text, findings.front());
    if (entry["valid"].is_true())
        return one.equal("outcome", "no fault", got);
    const Json& error = entry["error"];
    one.equal("outcome",
              fmt::format("{} at {} ({}:{})", error["kind"].text(), error["offset"].text(), error["line"].text(),
                          error["column"].text()),
              got);
}

// "moto says AWS rejects ...", "moto says AWS accepts; ours is a warning ...".
void judge_level(Case& one, std::string_view level, const std::vector<Finding>& findings) {
    const auto is_refusal = [](const Finding& finding) { return finding.severity == Severity::refused; };
    const bool refused = std::ranges::any_of(findings, is_refusal);
    if (level.contains("rejects"))
        return one.equal("level", "refused", refused ? "refused" : "not refused");
    one.equal("level", "a warning", refused ? "refused" : findings.empty() ? "nothing" : "a warning");
}

} // namespace

void run_policy_invalid(const std::filesystem::path& path, Report& report) {
    for (const Json& file : json_files(path)) {
        for (const Json& entry : file["cases"].items()) {
            Case one(report, entry["id"].text());
            const auto type = awsfed::policy::policy_type_of(entry["policy_type"].text());
            if (!type) {
                one.fail("a known policy_type", entry["policy_type"].text());
                continue;
            }
            const std::string text = entry["text"].text();
            awsfed::policy::Reading reading = awsfed::policy::read_policy(text, *type);
            if (entry.has("level")) {
                if (reading.document)
                    std::ranges::move(awsfed::policy::lint_policy(*reading.document, *type),
                                      std::back_inserter(reading.findings));
                judge_level(one, entry["level"].text(), reading.findings);
            } else {
                judge_form(one, entry, text, reading.findings);
            }
        }
    }
}

} // namespace vectors
