#include "http/kdc.h"

#include "http/curl_transport.h"

#include <profile.h>

#include <algorithm>
#include <array>

namespace awsfed::kerberos {

namespace {

using Instant = Stream::Instant;

constexpr int usual_port = 88;
constexpr std::size_t length_bytes = 4;          // before a message by TCP
constexpr std::size_t datagram_bytes_max = 1465; // as libkrb5 has it: what is longer goes by TCP
constexpr std::size_t reply_bytes_max = 256 * 1024; // a ticket with many groups has some ten thousand
constexpr std::chrono::seconds tcp_connect_max(2);
constexpr std::chrono::seconds wait_before_next_max(3);

struct FreeList {
    void operator()(char** list) const { profile_free_list(list); }
};
struct FreeProfile {
    void operator()(_profile_t* profile) const { profile_release(profile); }
};

std::vector<std::string> named_kdcs(krb5_context context, const std::string& realm) {
    _profile_t* opened = nullptr;
    if (krb5_get_profile(context, &opened) != 0)
        return {};
    const std::unique_ptr<_profile_t, FreeProfile> profile(opened);
    const char* const names[] = {"realms", realm.c_str(), "kdc", nullptr};
    char** found = nullptr;
    if (profile_get_values(profile.get(), names, &found) != 0)
        return {};
    const std::unique_ptr<char*, FreeList> list(found);
    std::vector<std::string> values;
    for (char** one = found; *one != nullptr; ++one)
        values.emplace_back(*one);
    return values;
}

// "host", "host:port", "[address]:port".
std::optional<Url> address_of(std::string_view text) {
    const std::size_t end_of_address = text.starts_with('[') ? text.find(']') : 0;
    const bool has_port = end_of_address != text.npos && text.find(':', end_of_address) != text.npos;
    if (text.find('/') != text.npos)
        return std::nullopt;
    auto url = Url::parse(has_port ? fmt::format("http://{}", text) : fmt::format("http://{}:{}", text, usual_port));
    return url ? std::optional(*std::move(url)) : std::nullopt;
}

std::string with_length(std::string_view message) {
    std::string framed;
    for (std::size_t i = length_bytes; i-- > 0;)
        framed += static_cast<char>(message.size() >> (8 * i) & 0xff);
    return framed.append(message);
}

// 0: it cannot be the length of a reply.
std::size_t length_in(std::string_view bytes) {
    std::size_t length = 0;
    for (const char byte : bytes.substr(0, length_bytes))
        length = length << 8 | static_cast<unsigned char>(byte);
    return length <= reply_bytes_max ? length : 0;
}

Result<std::string> by_tcp(Stream& stream, std::string_view message, Instant end, const Cancel& cancel) {
    AWSFED_CHECK(stream.send(with_length(message), end, cancel));
    std::string got;
    std::array<char, 4096> room{};
    while (got.size() < length_bytes || got.size() < length_bytes + length_in(got)) {
        AWSFED_TRY(const std::size_t size, stream.receive(room, end, cancel));
        got.append(room.data(), size);
        if (got.size() >= length_bytes && length_in(got) == 0)
            return fail(Code::network_failed, "What answers there is no KDC.");
    }
    return got.substr(length_bytes, length_in(got));
}

Result<std::string> by_udp(const Url& kdc, std::string_view message, Instant end, const Cancel& cancel) {
    AWSFED_TRY(const auto stream, Stream::open_plain(kdc, Stream::Kind::datagram, end, cancel));
    AWSFED_CHECK(stream->send(message, end, cancel));
    std::string room(reply_bytes_max, '\0');
    AWSFED_TRY(const std::size_t size, stream->receive(room, end, cancel));
    room.resize(size);
    return room;
}

Result<std::string> ask(const Url& kdc, std::string_view message, Instant end, const Cancel& cancel) {
    // A message that has gone out is not sent by the other way as well: the KDC may count a wrong key twice.
    const Instant now = Instant::clock::now();
    const Instant connected = now + std::min<Instant::duration>((end - now) / 2, tcp_connect_max);
    auto stream = Stream::open_plain(kdc, Stream::Kind::stream, connected, cancel);
    if (stream)
        return by_tcp(**stream, message, end, cancel);
    if (stream.error().code == Code::cancelled || message.size() > datagram_bytes_max)
        return pass(std::move(stream.error()));
    return by_udp(kdc, message, end, cancel);
}

// "I am not available": another one may be.
bool is_out_of_service(krb5_context context, const std::string& reply) {
    krb5_data bytes{0, static_cast<unsigned>(reply.size()), const_cast<char*>(reply.data())};
    krb5_error* error = nullptr;
    if (krb5_rd_error(context, &bytes, &error) != 0)
        return false;
    const bool is_out = error->error == KRB5KDC_ERR_SVC_UNAVAILABLE - ERROR_TABLE_BASE_krb5;
    krb5_free_error(context, error);
    return is_out;
}

} // namespace

std::vector<Url> kdcs_of(krb5_context context, const std::string& realm) {
    std::vector<Url> kdcs;
    for (const std::string& text : named_kdcs(context, realm)) {
        std::optional<Url> one = address_of(text);
        if (!one)
            return {};
        kdcs.push_back(*std::move(one));
    }
    return kdcs;
}

Result<KdcReply> ask_kdcs(krb5_context context, const std::vector<Url>& kdcs, std::string_view message, Instant end,
                          const Cancel& cancel) {
    for (std::size_t i = 0; i < kdcs.size(); ++i) {
        const Instant now = Instant::clock::now();
        const std::size_t left = kdcs.size() - i;
        Instant::duration share = (end - now) / static_cast<int>(left);
        if (left > 1)
            share = std::min<Instant::duration>(share, wait_before_next_max);
        auto reply = ask(kdcs[i], message, now + share, cancel);
        if (reply && !is_out_of_service(context, *reply))
            return KdcReply{*std::move(reply), i};
        if (!reply && reply.error().code == Code::cancelled)
            return pass(std::move(reply.error()));
    }
    return fail(Code::kdc_unreachable, "No KDC answers.");
}

} // namespace awsfed::kerberos
