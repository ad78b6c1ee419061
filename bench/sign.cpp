// Signs one AssumeRole request over and over: sign COUNT. Prints as JSON the CPU time of one signature, without and
// with a cached key, each beside the floor: the SHA-256 that no signer can do without, by the same OpenSSL. And the
// signature itself, which every signer must make alike (peer/sign.py has the same request, keys and time).
#include "aws/sigv4.h"

#include <fmt/core.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace awsfed {

namespace {

constexpr std::string_view body = "Action=AssumeRole&Version=2011-06-15"
                                  "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdeploy"
                                  "&RoleSessionName=bench&DurationSeconds=3600";
constexpr std::string_view region = "eu-central-1";

Result<HeaderSignature> sign_once(SigningKeyCache* cache) {
    const std::array<HeaderView, 2> headers{
        HeaderView{"Host", "sts.eu-central-1.amazonaws.com"},
        HeaderView{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    const RequestToSign request{.method = "POST", .query = {}, .headers = headers, .body = body};
    // The example keys of AWS's documentation.
    const SigningKeys keys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", {}};
    const Time noon = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1) + std::chrono::hours(12);
    return sign_headers(request, keys, {region, "sts", noon}, {}, cache);
}

// Hashes texts of these sizes, with one digest fetched once and one context.
class Floor {
public:
    explicit Floor(const Signature& made)
        : context_(EVP_MD_CTX_new()), digest_(EVP_MD_fetch(nullptr, "SHA256", nullptr)) {
        uncached_ = cached_ = {body.size(), made.canonical_request.size()};
        const std::size_t day = 8;
        for (const std::size_t text :
             {day, region.size(), std::string_view("sts").size(), std::string_view("aws4_request").size()})
            add_hmac(uncached_, text);
        add_hmac(uncached_, made.string_to_sign.size());
        add_hmac(cached_, made.string_to_sign.size());
        text_.assign(*std::ranges::max_element(uncached_), 'x');
    }

    void uncached() { hash(uncached_); }
    void cached() { hash(cached_); }

private:
    using Sizes = std::vector<std::size_t>;

    static void add_hmac(Sizes& sizes, std::size_t text) {
        constexpr std::size_t block = 64;
        constexpr std::size_t digest = 32;
        sizes.push_back(block + text);
        sizes.push_back(block + digest);
    }
    void hash(const Sizes& sizes) {
        unsigned char out[EVP_MAX_MD_SIZE];
        for (const std::size_t size : sizes) {
            EVP_DigestInit_ex2(context_.get(), digest_.get(), nullptr);
            EVP_DigestUpdate(context_.get(), text_.data(), size);
            EVP_DigestFinal_ex(context_.get(), out, nullptr);
        }
    }

    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
        void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context_;
    std::unique_ptr<EVP_MD, Free> digest_;
    Sizes uncached_, cached_;
    std::string text_;
};

double cpu_us() {
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
}

// The least of rounds in which the works take turns: nothing makes a hash faster, and much makes it slower.
std::vector<double> least_us(int count, const std::vector<std::function<void()>>& works) {
    constexpr int rounds = 20;
    const int each = std::max(1, count / rounds);
    std::vector<double> least(works.size(), 1e9);
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < works.size(); ++i) {
            const double started = cpu_us();
            for (int turn = 0; turn < each; ++turn)
                works[i]();
            least[i] = std::min(least[i], (cpu_us() - started) / each);
        }
    }
    return least;
}

int run(int count) {
    SigningKeyCache cache;
    const auto first = sign_once(nullptr);
    const auto second = sign_once(&cache);
    if (!first || !second || first->signature.hex != second->signature.hex || count < 1)
        return 1;
    Floor floor(first->signature);
    const std::vector<double> us =
        least_us(count, {[] { sign_once(nullptr).value(); }, [&] { sign_once(&cache).value(); },
                         [&] { floor.uncached(); }, [&] { floor.cached(); }});
    fmt::print("{{\"us\": {:.3f}, \"cached_us\": {:.3f}, \"floor_us\": {:.3f}, \"cached_floor_us\": {:.3f}, "
               "\"signature\": \"{}\"}}\n",
               us[0], us[1], us[2], us[3], first->signature.hex);
    return 0;
}

} // namespace

} // namespace awsfed

int main(int argc, char** argv) { return argc == 2 ? awsfed::run(std::atoi(argv[1])) : 2; }
