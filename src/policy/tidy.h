// The same document with fewer words: exact for every request, whatever actions there are.
#pragma once

#include "policy/budget.h"
#include "policy/document.h"

#include <string>

namespace awsfed::policy {

// What a statement says, whatever its Sid and the order of its words; equal texts say the same.
std::string canonical_text(Statement statement);

// Without Id and Sids, and without members of a list that another member covers. The version stays: it decides what
// variables mean.
void tidy(Document& document);

// Statements that are equal but for their actions, their resources or the values of one condition become one.
void merge_statements(Document& document);

// Members of a statement's lists, and whole statements, that another statement of the same effect holds already.
void drop_held_elsewhere(Document& document, Budget& budget);

} // namespace awsfed::policy
