// The part of read_page that collects marks, text and scripts.
#pragma once

#include "markup/form.h"

// libxml2's own name, so that its headers stay inside this room.
struct _xmlDoc; // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

namespace awsfed {

void read_marks(const _xmlDoc* document, Page& page);

} // namespace awsfed
