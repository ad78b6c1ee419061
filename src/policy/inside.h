// Does one statement match nothing that another does not match, too? Told by the form, for any value of a variable.
#pragma once

#include "policy/budget.h"
#include "policy/document.h"
#include "policy/glob.h"

#include <vector>

namespace awsfed::policy {

// How the words of a list are read.
enum class WordKind : std::uint8_t { action, resource };

// The words as patterns; variables is null in documents that know none.
std::vector<Glob> globs_of(const std::vector<Word>& words, WordKind kind, GlobVariables* variables);

// True is sure. False may be a lack of wit, or of budget. Effects are not looked at.
bool statement_inside(const Statement& one, const Statement& other, Version version, Budget& budget);

} // namespace awsfed::policy
