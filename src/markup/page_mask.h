// A page without what it says: its structure stays, by which pages are told, and nobody's words are left in it.
//
// What is not known to be harmless goes. Of elements their names, ids, classes and kinds stay; texts become x and 0,
// scripts the few facts that are read from them; addresses and values become what the caller says.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace awsfed {

// Says what stands in the place of something, the same for the same.
class Masker {
public:
    virtual ~Masker() = default;
    virtual std::string address(std::string_view reference) = 0; // of a link or a form, as the page has it
    virtual std::string value(std::string_view field, std::string_view value) = 0; // of a control, by its name
    virtual std::string name(std::string_view name) = 0; // an id, the name of a control, a class
};

// As HTML in UTF-8. Refuses what read_page does.
Result<std::string> masked_page(std::string_view html, std::string_view content_type, Masker& masker);

// A text by the same rule: words are x and 0, codes of AD FS stay, what looks like a GUID is a value.
std::string masked_text(std::string_view text, Masker& masker);

} // namespace awsfed
