#include "flow/connectors.h"

#include "flow/plan.h"
#include "idp/adfs_certificate.h"
#include "idp/adfs_connector.h"
#include "idp/adfs_windows.h"
#include "idp/form_connector.h"
#include "idp/ws_trust_connector.h"

namespace awsfed {

namespace {

Result<std::unique_ptr<Connector>> adfs_connector(const Settings& settings) {
    AWSFED_TRY(AdfsTerms terms, adfs_terms(settings));
    switch (terms.method) {
    case AdfsMethod::kerberos:
    case AdfsMethod::ntlm: return std::unique_ptr<Connector>(std::make_unique<AdfsWindows>(std::move(terms)));
    case AdfsMethod::certificate:
        if (!settings.has("client_certificate"))
            return missing("client_certificate", "adfs_method=certificate");
        return std::unique_ptr<Connector>(std::make_unique<AdfsCertificate>(std::move(terms)));
    case AdfsMethod::ws_trust: return std::unique_ptr<Connector>(std::make_unique<WsTrustConnector>(std::move(terms)));
    case AdfsMethod::forms: break;
    }
    return std::unique_ptr<Connector>(std::make_unique<AdfsConnector>(std::move(terms)));
}

} // namespace

Result<std::unique_ptr<Connector>> make_connector(const Settings& settings) {
    switch (idp_of(settings)) {
    case Idp::form: return std::unique_ptr<Connector>(std::make_unique<FormConnector>());
    case Idp::adfs: return adfs_connector(settings);
    case Idp::none:
    case Idp::assertion: break;
    }
    return fail(Code::setting_invalid, "idp={} signs in nowhere.", settings.text("idp")).setting("idp");
}

} // namespace awsfed
