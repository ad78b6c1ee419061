// A look at the tags of a page before it is parsed.
#pragma once

#include <string_view>

namespace awsfed {

// Has some tag more than html_attributes_max attributes? libxml2 compares each attribute of a tag with
// all before it, so a page of one endless tag would keep it busy for many minutes. This is no parser: it
// may see a tag where there is none, which does no harm.
bool has_endless_tag(std::string_view html);

} // namespace awsfed
