// A call of AssumeRole with nothing around it: libcurl, OpenSSL and pugixml, no checks, no errors, no secrets wiped.
// What a client with manners costs beside it is the price of the manners.
//
//   lean CALLS ENDPOINT   prints as JSON what it used; the keys come by BENCH_KEY_ID and BENCH_SECRET_KEY
//   lean 0 ENDPOINT       makes its first call alone, and prints what memory that took
#include "used.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <pugixml.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace {

using Bytes = std::array<unsigned char, 32>;

constexpr std::string_view content_type = "application/x-www-form-urlencoded; charset=utf-8";
constexpr std::string_view body =
    "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2F"
    "build&RoleSessionName=bench";

class Hash {
public:
    Hash() : context_(EVP_MD_CTX_new()), sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)) {}
    Hash(const Hash&) = delete;
    Hash& operator=(const Hash&) = delete;
    ~Hash() {
        EVP_MD_free(sha256_);
        EVP_MD_CTX_free(context_);
    }

    Bytes of(std::initializer_list<std::string_view> parts) {
        Bytes out{};
        EVP_DigestInit_ex2(context_, sha256_, nullptr);
        for (const std::string_view part : parts)
            EVP_DigestUpdate(context_, part.data(), part.size());
        EVP_DigestFinal_ex(context_, out.data(), nullptr);
        return out;
    }
    // RFC 2104; the key is not longer than a block.
    Bytes keyed(std::string_view key, std::string_view text) {
        std::array<char, 64> inner{}, outer{};
        for (std::size_t i = 0; i < inner.size(); ++i) {
            const char c = i < key.size() ? key[i] : '\0';
            inner[i] = static_cast<char>(c ^ 0x36);
            outer[i] = static_cast<char>(c ^ 0x5C);
        }
        const Bytes first = of({{inner.data(), inner.size()}, text});
        return of({{outer.data(), outer.size()}, view(first)});
    }
    static std::string_view view(const Bytes& bytes) {
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

private:
    EVP_MD_CTX* context_;
    EVP_MD* sha256_;
};

std::string hex(const Bytes& bytes) {
    std::string out;
    for (const unsigned char byte : bytes) {
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 15];
    }
    return out;
}

std::size_t take(const char* data, std::size_t, std::size_t size, void* user) {
    static_cast<std::string*>(user)->append(data, size);
    return size;
}

class Client {
public:
    Client(const char* endpoint, const char* key_id, const char* secret_key)
        : host_(std::string_view(endpoint).substr(std::strlen("http://"))), key_id_(key_id), secret_key_(secret_key) {
        curl_easy_setopt(easy_, CURLOPT_URL, endpoint);
        curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(easy_, CURLOPT_WRITEDATA, &answer_);
    }

    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { curl_easy_cleanup(easy_); }

    bool call() {
        const time_t now = time(nullptr);
        tm parts{};
        gmtime_r(&now, &parts);
        char date[32];
        (void)strftime(date, sizeof date, "%Y%m%dT%H%M%SZ", &parts);
        curl_slist* headers = curl_slist_append(nullptr, ("Content-Type: " + std::string(content_type)).c_str());
        headers = curl_slist_append(headers, "Expect:");
        headers = curl_slist_append(headers, (std::string("X-Amz-Date: ") + date).c_str());
        headers = curl_slist_append(headers, ("Authorization: " + authorization(date)).c_str());
        curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
        curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, body.data());
        answer_.clear();
        const bool done = curl_easy_perform(easy_) == CURLE_OK;
        curl_slist_free_all(headers);
        pugi::xml_document document;
        return done && document.load_buffer_inplace(answer_.data(), answer_.size()) &&
               *document.first_child().first_child().child("Credentials").child_value("AccessKeyId") != '\0';
    }

private:
    std::string authorization(std::string_view date) {
        const std::string day(date.substr(0, 8));
        if (day != day_) { // the derived key is kept
            Bytes key = hash_.keyed("AWS4" + secret_key_, day);
            for (const std::string_view part : {"us-east-1", "sts", "aws4_request"})
                key = hash_.keyed(Hash::view(key), part);
            key_ = key;
            day_ = day;
        }
        const std::string scope = day + "/us-east-1/sts/aws4_request";
        std::string canonical = "POST\n/\n\ncontent-type:";
        canonical.append(content_type).append("\nhost:").append(host_).append("\nx-amz-date:").append(date);
        canonical.append("\n\ncontent-type;host;x-amz-date\n").append(hex(hash_.of({body})));
        std::string text = "AWS4-HMAC-SHA256\n";
        text.append(date).append("\n").append(scope).append("\n").append(hex(hash_.of({canonical})));
        return "AWS4-HMAC-SHA256 Credential=" + key_id_ + "/" + scope +
               ", SignedHeaders=content-type;host;x-amz-date, Signature=" + hex(hash_.keyed(Hash::view(key_), text));
    }

    CURL* easy_ = curl_easy_init();
    std::string host_, key_id_, secret_key_, answer_, day_;
    Bytes key_{};
    Hash hash_;
};

} // namespace

int main(int argc, char** argv) {
    const int calls = argc == 3 ? std::atoi(argv[1]) : -1;
    const char* key_id = std::getenv("BENCH_KEY_ID");         // NOLINT(concurrency-mt-unsafe): one thread
    const char* secret_key = std::getenv("BENCH_SECRET_KEY"); // NOLINT(concurrency-mt-unsafe): one thread
    if (calls < 0 || key_id == nullptr || secret_key == nullptr)
        return 2;
    Client client(argv[2], key_id, secret_key);
    if (!client.call())
        return 1;
    if (calls == 0) {
        std::printf("{\"peak_kib\": %ld}\n", peak_kib());
        return 0;
    }
    if (!client.call())
        return 1;
    const double wall = wall_s();
    const double cpu = cpu_s();
    for (int i = 0; i < calls; ++i) {
        if (!client.call())
            return 1;
    }
    std::printf("{\"calls\": %d, \"warm_up\": 2, \"wall_s\": %.6f, \"cpu_s\": %.6f}\n", calls, wall_s() - wall,
                cpu_s() - cpu);
    return 0;
}
