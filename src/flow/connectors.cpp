#include "flow/connectors.h"

#include "flow/plan.h"
#include "idp/form_connector.h"

namespace awsfed {

Result<std::unique_ptr<Connector>> make_connector(const Settings& settings) {
    switch (idp_of(settings)) {
    case Idp::form: return std::unique_ptr<Connector>(std::make_unique<FormConnector>());
    case Idp::adfs: return std::unique_ptr<Connector>(std::make_unique<AdfsConnector>(adfs_terms(settings)));
    case Idp::none:
    case Idp::assertion: break;
    }
    return fail(Code::setting_invalid, "idp={} signs in nowhere.", settings.text("idp")).setting("idp");
}

} // namespace awsfed
