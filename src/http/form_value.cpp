#include "http/form_value.h"

#include <curl/curl.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string>

namespace awsfed {

namespace {

Secret decoded(std::string_view text) {
    Secret blanks(text);
    std::ranges::replace(const_cast<char*>(blanks.reveal().data()), // NOLINT: its own bytes
                         const_cast<char*>(blanks.reveal().data()) + blanks.size(), '+', ' ');
    int size = 0;
    char* bytes = curl_easy_unescape(nullptr, blanks.reveal().data(), static_cast<int>(blanks.size()), &size);
    if (bytes == nullptr)
        throw std::bad_alloc();
    Secret plain(std::string_view(bytes, static_cast<std::size_t>(size)));
    OPENSSL_cleanse(bytes, static_cast<std::size_t>(size));
    curl_free(bytes);
    return plain;
}

} // namespace

std::optional<Secret> form_value(std::string_view body, std::string_view name) {
    std::optional<Secret> found;
    while (!body.empty()) {
        const std::size_t end = std::min(body.find('&'), body.size());
        const std::string_view field = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        const std::size_t equals = std::min(field.find('='), field.size());
        if (!decoded(field.substr(0, equals)).equals(name))
            continue;
        if (found)
            return std::nullopt;
        found = decoded(field.substr(std::min(equals + 1, field.size())));
    }
    return found;
}

} // namespace awsfed
