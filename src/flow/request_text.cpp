#include "flow/request_text.h"

#include "base/limits.h"
#include "flow/signer.h"
#include "settings/files.h"

namespace awsfed {

namespace {

Result<void> add_value(RequestText& request, const Settings& settings, const SettingRow& row, const std::string& text,
                       const Cancel& cancel) {
    if (row.type == SettingType::secret) {
        AWSFED_TRY(const std::optional<Secret> secret, settings.secret(row.name, cancel));
        if (secret)
            request.add(row.name, secret->reveal());
        return {};
    }
    request.add(row.name, text);
    if (row.name == "policy_file") { // what is in it decides what a session may do
        AWSFED_TRY(const FileContent file, read_file(text, setting_bytes_max, Code::setting_invalid, "policy file"));
        request.add("policy_file's content", file.bytes.reveal());
    }
    return {};
}

template <class Wanted>
Result<RequestText> text_of(const Settings& settings, const Cancel& cancel, Wanted&& wanted) {
    RequestText request;
    Result<void> done;
    settings.for_each([&](const SettingRow& row, const std::string& text) {
        if (done && wanted(row.key))
            done = add_value(request, settings, row, text, cancel);
    });
    AWSFED_CHECK(std::move(done));
    AWSFED_CHECK(add_signer(request, settings));
    if (const Principal* principal = settings.principal()) // what was got for one is never another one's
        request.add("principal's name", principal->name);
    return request;
}

} // namespace

Result<RequestText> request_text(const Settings& settings, const Cancel& cancel) {
    return text_of(settings, cancel, [](Keying key) { return key != Keying::free; });
}

Result<RequestText> sign_in_text(const Settings& settings, const Cancel& cancel) {
    AWSFED_TRY(RequestText request, text_of(settings, cancel, [](Keying key) { return key == Keying::sign_in; }));
    // A response is read more strictly where no role is set.
    request.add("sign-in", settings.has("role_arn") ? "for a role" : "for any role");
    return request;
}

} // namespace awsfed
