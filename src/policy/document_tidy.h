// The same permissions in fewer statements.
#pragma once

#include "policy/budget.h"
#include "policy/document.h"

namespace awsfed::policy {

// Puts statements together that differ in one list only, and leaves out those without which the same is allowed. What
// takes too many steps to know stays.
void tidy(Document& document, Budget& budget);

} // namespace awsfed::policy
