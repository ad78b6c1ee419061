#include "flow/audit.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/audit_file.h"
#include "flow/context.h"
#include "flow/sts_plan.h"

#include <optional>
#include <vector>

namespace awsfed {

namespace {

const SystemClock system_clock;

// A member of the line, where there is something to say.
void add(std::string& line, std::string_view name, std::string_view value) {
    if (value.empty())
        return;
    line += line.empty() ? "{" : ",";
    line += fmt::format("\"{}\":\"{}\"", name, json_escaped(printable(value, audit_text_chars_max)).reveal());
}

std::string action_by(const Settings& settings) {
    const auto action = action_of(settings);
    return action ? std::string(row_of(*action).word) : std::string();
}

Result<AuditFile> file_at(const std::string& path) {
    if (path.empty())
        return fail(Code::audit_failed, "No audit_file says where the audit goes.").setting("audit_file");
    return AuditFile::open(path);
}

bool speaks_of_audit(const Settings& settings) { return settings.has("audit") || settings.has("audit_file"); }

} // namespace

struct Audit::Terms {
    bool is_required = false;
    std::shared_ptr<const AuditSink> sink{}; // the host's
    std::optional<AuditFile> file{};
    Log log{};
    std::string connector{}, connector_id{}, principal{}, user{}, action{}, role_arn{};
};

Result<Audit> Audit::open(const Context& context, const Settings* call, std::string_view action) {
    Audit audit;
    auto sink = context.audit_sink();
    if (!sink && !speaks_of_audit(context.own_settings()) && (call == nullptr || !speaks_of_audit(*call)))
        return audit;
    AWSFED_CHECK(context.check_process());
    // Who asks for what the context does not let him have is refused by it, and told of by its terms.
    const auto together = context.settings_of_anybody(call);
    const Settings& settings = together ? *together : context.own_settings();
    const Principal* principal =
        call != nullptr && call->principal() != nullptr ? call->principal() : settings.principal();

    const std::string mode = settings.text("audit");
    const std::string path = settings.text("audit_file");
    if (mode == "off" || (mode.empty() && path.empty() && !sink))
        return audit;
    auto terms = std::make_shared<Terms>();
    terms->is_required = mode == "required";
    terms->log = context.new_log();
    terms->connector = settings.connector();
    terms->connector_id = settings.connector_id();
    terms->principal = principal == nullptr ? "" : principal->name;
    terms->user = settings.text("user");
    terms->action = action.empty() ? action_by(settings) : std::string(action);
    const std::vector<std::string> chain = items_of(settings.text("role_chain"));
    terms->role_arn = chain.empty() ? settings.text("role_arn") : chain.back();
    terms->sink = std::move(sink);
    if (!path.empty() || !terms->sink) {
        auto file = file_at(path);
        if (!file && terms->is_required)
            return pass(std::move(file.error()));
        if (file)
            terms->file = *std::move(file);
        else
            terms->log.write(LogLevel::warning, "audit", "{}", file.error().message);
    }
    audit.terms_ = std::move(terms);
    return audit;
}

void Audit::signs_in(std::string_view user) {
    if (terms_ && terms_->user.empty())
        terms_->user = user;
}

Result<void> Audit::given(const Credentials& keys, const AuditFacts& facts) const {
    if (!terms_)
        return {};
    std::string more;
    add(more, "role_arn", keys.role_arn.empty() ? terms_->role_arn : keys.role_arn);
    add(more, "session_arn", keys.session_arn);
    add(more, "account", keys.account);
    add(more, "source_identity", keys.source_identity);
    add(more, "access_key_id", keys.access_key_id.reveal());
    add(more, "expiration", keys.expiration ? iso_time(*keys.expiration) : "");
    if (!facts.is_kept) // kept ones may outlive a renewal that failed
        add(more, "verification", facts.verification);
    return write(facts.is_kept ? "hit" : "issued", more);
}

void Audit::refused(const Error& why, const AuditFacts& facts) const {
    if (!terms_)
        return;
    std::string more;
    add(more, "role_arn", terms_->role_arn);
    add(more, "verification", facts.verification);
    add(more, "code", row_of(why.code).text);
    add(more, "stage", why.stage);
    add(more, "peer", why.peer);
    add(more, "request_id", why.trace);
    (void)write("refused", more); // there is nothing to hold back
}

// `more`: members behind the common ones, as add makes them.
Result<void> Audit::write(std::string_view event, std::string_view more) const {
    const Terms& terms = *terms_;
    std::string line;
    add(line, "time", iso_time(system_clock.now()));
    add(line, "event", event);
    add(line, "connector", terms.connector);
    add(line, "connector_id", terms.connector_id);
    add(line, "principal", terms.principal);
    add(line, "user", terms.user);
    add(line, "action", terms.action);
    if (!more.empty())
        line.append(",").append(more.substr(1));
    line += "}";

    Result<void> done;
    if (terms.file)
        done = terms.file->add(line);
    if (terms.sink && !(*terms.sink)(line) && done)
        done = fail(Code::audit_failed, "The calling program did not take the line for the audit.");
    if (done || terms.is_required)
        return done;
    terms.log.write(LogLevel::warning, "audit", "{}", done.error().message);
    return {};
}

Result<Credentials> audited(const Context& context, const Settings* call, std::string_view action,
                            const std::function<Result<Credentials>(AuditFacts&)>& get) {
    AWSFED_TRY(const Audit audit, Audit::open(context, call, action));
    AuditFacts facts;
    Result<Credentials> keys = get(facts);
    if (!keys) {
        audit.refused(keys.error(), facts);
        return keys;
    }
    AWSFED_CHECK(audit.given(*keys, facts));
    return keys;
}

} // namespace awsfed
