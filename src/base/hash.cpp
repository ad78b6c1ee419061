#include "base/hash.h"

#include "base/locked_memory.h"

#include <openssl/evp.h>

#include <atomic>
#include <cstring>
#include <stdexcept>

namespace awsfed {

namespace {

// Without SHA-256 nothing here works, TLS neither: a defect of the installation, not an outcome.
void require(bool worked) {
    if (!worked)
        throw std::runtime_error("OpenSSL does not provide SHA-2 and SHA-1.");
}

struct FreeDigest {
    void operator()(EVP_MD* md) const { EVP_MD_free(md); }
};
struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Context begun_sha256() {
    const std::unique_ptr<EVP_MD, FreeDigest> algorithm(EVP_MD_fetch(nullptr, "SHA256", nullptr));
    Context context(EVP_MD_CTX_new());
    require(algorithm && context && EVP_DigestInit_ex2(context.get(), algorithm.get(), nullptr) == 1);
    return context;
}

// Every hash begins as a copy of this one: to fetch the algorithm costs more than to hash, and OpenSSL looks for
// engines whenever it is told to begin.
const EVP_MD_CTX* nothing_hashed() {
    static const Context context = begun_sha256();
    return context.get();
}

// HMAC's key in the size of a block of SHA-256, masked for the inner hash and then for the outer one. There is room
// for a short text behind it, since OpenSSL takes both in one piece sooner than in two.
class KeyBlock {
public:
    static constexpr std::size_t size = 64;
    static constexpr std::size_t text_max = 64;

    explicit KeyBlock(std::string_view key) { // of a block at most
        put(key, 0);
        mask_with(inner_mask);
    }
    KeyBlock(const KeyBlock&) = delete;
    KeyBlock& operator=(const KeyBlock&) = delete;
    ~KeyBlock() { wipe(bytes_.data(), size); }

    void turn_outward() { mask_with(inner_mask ^ outer_mask); }
    std::string_view bytes() const { return first(size); }
    std::string_view with(std::string_view text) {
        put(text, size);
        return first(size + text.size());
    }

private:
    static constexpr unsigned char inner_mask = 0x36;
    static constexpr unsigned char outer_mask = 0x5C;

    void put(std::string_view text, std::size_t place) {
        if (!text.empty())
            std::memcpy(bytes_.data() + place, text.data(), text.size());
    }
    void mask_with(unsigned char mask) {
        for (std::size_t i = 0; i < size; ++i)
            bytes_[i] ^= mask;
    }
    std::string_view first(std::size_t count) const { return {reinterpret_cast<const char*>(bytes_.data()), count}; }

    std::array<unsigned char, size + text_max> bytes_{};
};

// The two digits of each byte.
constexpr auto hex_pairs = [] {
    std::array<std::array<char, 2>, 256> pairs{};
    for (std::size_t byte = 0; byte < pairs.size(); ++byte)
        pairs[byte] = {"0123456789abcdef"[byte / 16], "0123456789abcdef"[byte % 16]};
    return pairs;
}();

void write_hex(std::string_view bytes, char* out) {
    for (const char byte : bytes) {
        std::memcpy(out, hex_pairs[static_cast<unsigned char>(byte)].data(), 2);
        out += 2;
    }
}

} // namespace

namespace {

// OpenSSL's context of the Sha256 that went last, for the next one. What it holds of the texts is their digest.
class Spare {
public:
    ~Spare() { EVP_MD_CTX_free(take()); }
    EVP_MD_CTX* take() { return context_.exchange(nullptr, std::memory_order_acq_rel); }
    void give(EVP_MD_CTX* context) { EVP_MD_CTX_free(context_.exchange(context, std::memory_order_acq_rel)); }

private:
    std::atomic<EVP_MD_CTX*> context_{nullptr};
};
constinit Spare spare;

} // namespace

void Sha256::GiveBack::operator()(evp_md_ctx_st* context) const { spare.give(context); }

Sha256::Sha256() : context_(spare.take()) {
    if (context_ == nullptr)
        context_.reset(EVP_MD_CTX_new());
    require(context_ != nullptr);
}

Digest Sha256::digest(std::string_view first, std::string_view second) {
    Digest digest;
    require(EVP_MD_CTX_copy_ex(context_.get(), nothing_hashed()) == 1 &&
            EVP_DigestUpdate(context_.get(), first.data(), first.size()) == 1 &&
            (second.empty() || EVP_DigestUpdate(context_.get(), second.data(), second.size()) == 1) &&
            EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
    return digest;
}

Digest Sha256::hmac(std::string_view key, std::string_view bytes) {
    if (key.size() > KeyBlock::size) {
        Digest shorter = digest(key);
        const Digest made = hmac(bytes_of(shorter), bytes);
        wipe(shorter.data(), shorter.size());
        return made;
    }
    KeyBlock block(key);
    const Digest inner = bytes.size() <= KeyBlock::text_max ? digest(block.with(bytes)) : digest(block.bytes(), bytes);
    block.turn_outward();
    return digest(block.with(bytes_of(inner)));
}

Digest sha256(std::string_view bytes) { return Sha256().digest(bytes); }

std::string sha1(std::string_view bytes) {
    std::string digest(20, '\0');
    require(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha1(),
                       nullptr) == 1);
    return digest;
}

HexDigest hex_digits(const Digest& digest) {
    HexDigest digits;
    write_hex(bytes_of(digest), digits.data());
    return digits;
}

std::string hex(std::string_view bytes) {
    std::string digits(bytes.size() * 2, '\0');
    write_hex(bytes, digits.data());
    return digits;
}

std::string hex(const Digest& digest) { return hex(bytes_of(digest)); }

} // namespace awsfed
