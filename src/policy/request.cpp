#include "policy/request.h"

#include "base/text.h"

#include <algorithm>

namespace awsfed::policy {

void RequestContext::set(std::string_view key, std::vector<std::string> values) {
    std::string name = lower_ascii(key);
    const auto at = std::ranges::lower_bound(entries_, name, {}, &decltype(entries_)::value_type::first);
    if (at != entries_.end() && at->first == name)
        at->second = std::move(values);
    else
        entries_.emplace(at, std::move(name), std::move(values));
}

void RequestContext::add(std::string_view key, std::string_view value) {
    const std::vector<std::string>* before = find(lower_ascii(key));
    std::vector<std::string> values = before == nullptr ? std::vector<std::string>() : *before;
    values.emplace_back(value);
    set(key, std::move(values));
}

const std::vector<std::string>* RequestContext::find(std::string_view lower_key) const {
    const auto at = std::ranges::lower_bound(entries_, lower_key, std::ranges::less(),
                                             [](const auto& entry) { return std::string_view(entry.first); });
    return at != entries_.end() && at->first == lower_key && !at->second.empty() ? &at->second : nullptr;
}

Request::Request(std::string_view action, std::string_view on) : resource(on) { set_action(action); }

void Request::set_action(std::string_view action) {
    action_ = action;
    lower_action_ = lower_ascii(action);
}

} // namespace awsfed::policy
