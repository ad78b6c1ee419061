// Whom the settings of the group "trust" believe, and by what AWS's rules a response is measured.
#pragma once

#include "base/cancel.h"
#include "base/log.h"
#include "saml/verifier.h"
#include "settings/settings.h"

#include <memory>
#include <vector>

namespace awsfed {

class CurlPool;

// Whether responses can be verified with these settings at all.
bool has_trust(const Settings& settings);

// Reads the metadata from its file, its text or, by one exchange, its URL. Pinned certificates replace the keys of the
// metadata (security rule 8). `connections`: those of the context, for the exchange.
Result<Verifier> make_verifier(const Settings& settings, const Log& log, const Cancel& cancel,
                               const std::shared_ptr<CurlPool>& connections);

// Whose responses are believed, with the keys that sign for them: at least one.
Result<std::vector<IdpMetadata>> believed_providers(const Settings& settings, const Log& log, const Cancel& cancel,
                                                    const std::shared_ptr<CurlPool>& connections);
// What AWS, or the settings, want of a response.
Result<AwsRules> aws_rules(const Settings& settings);

} // namespace awsfed
