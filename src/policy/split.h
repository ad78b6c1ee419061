// One document spread over several, because each place for a policy has its limit.
#pragma once

#include "policy/document.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace awsfed::policy {

std::size_t characters_of(const Document& document); // as it is sent

// Together the parts allow and deny what the document does. Statements that are too long by themselves are halved
// at their longest list. Empty when that does not bring it under the limit, or needs more than so many documents.
std::optional<std::vector<Document>> split_document(const Document& document, std::size_t chars_max,
                                                    std::size_t documents_max);

} // namespace awsfed::policy
