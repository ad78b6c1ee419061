#include "aws/sigv4a.h"

#include "aws/request_signer.h"
#include "base/locked_memory.h"
#include "base/text.h"

#include <algorithm>
#include <stdexcept>

namespace awsfed {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view algorithm_name = "AWS4-ECDSA-P256-SHA256";

// The curve's order less 2 (SEC 2, 2.4.2).
constexpr std::string_view order_less_2 =
    "\xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xBC\xE6\xFA\xAD\xA7\x17\x9E\x84\xF3\xB9\xCA\xC2"
    "\xFC\x63\x25\x4F"sv;

// A region of a set may be a pattern.
bool is_region_set(std::string_view text) {
    while (true) {
        const std::string_view region = text.substr(0, text.find(','));
        if (!is_scope_part(region))
            return false;
        if (region.size() == text.size())
            return true;
        text.remove_prefix(region.size() + 1);
    }
}

Result<void> check(const RequestToSign& request, const SigningKeys& keys, const SigningScopeV4a& scope) {
    AWSFED_CHECK(check_signable(request, keys));
    if (!is_region_set(scope.region_set))
        return fail(Code::setting_invalid, "\"{}\" is not a set of regions to sign for.",
                    printable(scope.region_set, 64))
            .setting(scope.region_set.empty() ? "region" : "region_set");
    return check_service(scope.service);
}

// A number that is wiped.
struct PrivateNumber {
    P256Key::Number bytes;

    explicit PrivateNumber(const Digest& digest) : bytes(digest) {}
    PrivateNumber(const PrivateNumber&) = delete;
    PrivateNumber& operator=(const PrivateNumber&) = delete;
    ~PrivateNumber() { wipe(bytes.data(), bytes.size()); }

    // Looks at every byte, whatever it finds.
    bool is_above(std::string_view limit) const {
        unsigned above = 0;
        unsigned below = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            const unsigned mine = bytes[i];
            const unsigned other = static_cast<unsigned char>(limit[i]);
            const unsigned undecided = 1U - (above | below);
            above |= undecided & ((other - mine) >> 31U);
            below |= undecided & ((mine - other) >> 31U);
        }
        return above != 0;
    }

    void add_one() {
        unsigned carry = 1;
        for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
            carry += *byte;
            *byte = static_cast<unsigned char>(carry);
            carry >>= 8U;
        }
    }
};

class Ecdsa : public SigningMethod {
public:
    Ecdsa(const SigningKeys& keys, const SigningScopeV4a& wanted)
        : SigningMethod(algorithm_name), key_(signing_key_v4a(keys.access_key_id, keys.secret_access_key)) {
        region_set = wanted.region_set;
        date = basic_time(wanted.time);
        scope.append(date, 0, 8).append("/").append(wanted.service).append("/aws4_request");
    }

    Result<std::string> sign(Sha256&, std::string_view string_to_sign) const override {
        return hex(key_.sign(string_to_sign));
    }

private:
    P256Key key_;
};

} // namespace

// NIST SP 800-108, 4.1 (counter mode, one block), over the algorithm, the key id and a second counter, which goes up
// until the number fits.
P256Key signing_key_v4a(std::string_view access_key_id, std::string_view secret_access_key) {
    Secret input_key("AWS4A");
    input_key.append(secret_access_key);
    Sha256 hash;
    for (unsigned attempt = 1; attempt < 255; ++attempt) {
        std::string input("\0\0\0\1"sv);
        input.append(algorithm_name).append(1, '\0').append(access_key_id).append(1, static_cast<char>(attempt));
        input.append("\0\0\1\0"sv); // 256 bits are wanted
        PrivateNumber number(hash.hmac(input_key.reveal(), input));
        if (number.is_above(order_less_2))
            continue;
        number.add_one();
        if (auto key = P256Key::from_private(number.bytes))
            return *std::move(key);
    }
    throw std::runtime_error("254 hashes were all larger than the order of P-256."); // as likely as 2 to the -8128
}

Result<HeaderSignature> sign_headers_v4a(const RequestToSign& request, const SigningKeys& keys,
                                         const SigningScopeV4a& scope, const SigningRules& rules) {
    AWSFED_CHECK(check(request, keys, scope));
    return headers_signed_by(Ecdsa(keys, scope), request, keys, rules);
}

Result<QuerySignature> sign_query_v4a(const RequestToSign& request, const SigningKeys& keys,
                                      const SigningScopeV4a& scope, std::chrono::seconds lifetime,
                                      const SigningRules& rules) {
    AWSFED_CHECK(check(request, keys, scope));
    return query_signed_by(Ecdsa(keys, scope), request, keys, lifetime, rules);
}

} // namespace awsfed
