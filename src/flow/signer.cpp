#include "flow/signer.h"

#include "base/limits.h"
#include "flow/plan.h"
#include "http/kerberos.h"
#include "settings/files.h"

namespace awsfed {

namespace {

bool is_method(const Settings& settings, std::string_view method) {
    return idp_of(settings) == Idp::adfs && settings.text("adfs_method") == method;
}

} // namespace

bool is_signer_elsewhere(const Settings& settings) {
    return is_method(settings, "kerberos") || is_method(settings, "certificate");
}

Result<void> settle_signer(Settings& settings) {
    if (!is_method(settings, "kerberos"))
        return {};
    AWSFED_TRY(const std::string owner, kerberos_owner(kerberos_terms(settings)));
    settings.freeze();
    settings.derive("kerberos_principal", owner);
    return {};
}

Result<void> add_signer(RequestText& request, const Settings& settings) {
    if (!is_method(settings, "certificate"))
        return {};
    for (const std::string_view name : {"client_certificate", "client_key"}) {
        if (!settings.has(name))
            continue;
        AWSFED_TRY(const FileContent file,
                   read_file(settings.text(name), certificates_pem_bytes_max, Code::setting_invalid, name));
        request.add(fmt::format("{}'s content", name), file.bytes.reveal());
    }
    return {};
}

} // namespace awsfed
