// Encrypted assertions. AES-GCM is authentic: without the content key, which no mutation finds, nothing can be opened
// but the plain texts of the seeds. (CBC is not, which is why it wants a signature around it; it must only not break.)
#include "fuzz/fuzz.h"

#include "saml/decryption.h"
#include "saml/response_door.h"

#include <set>

using namespace awsfed;

namespace {

const std::vector<PrivateKey>& keys() {
    static const std::vector<PrivateKey> read = [] {
        std::vector<PrivateKey> all;
        for (const char* name : {"sp.key", "sp-old.key"}) {
            const std::filesystem::path folder = AWSFED_SAML_DATA "/keys";
            all.push_back(PrivateKey::read_pem(Secret(fuzz::bytes_of(folder / name))).value());
        }
        return all;
    }();
    return read;
}

std::optional<std::string> opened(std::string_view response, bool allow_cbc) {
    const auto document = open_response_xml(response, StatusRule::later);
    if (!document || !document->encrypted())
        return std::nullopt;
    const auto plain = saml::decrypt_assertion(document->assertion(), keys(), {.allow_cbc = allow_cbc});
    if (plain)
        return std::string(plain->reveal());
    fuzz::require(!plain.error().peer.empty(), "a refusal has a reason", plain.error().message);
    return std::nullopt;
}

const std::set<std::string>& known() {
    static const std::set<std::string> texts = [] {
        std::set<std::string> all;
        for (const auto& path : fuzz::files_in(AWSFED_FUZZ_CORPUS "/decryption")) {
            if (auto text = opened(fuzz::bytes_of(path), false))
                all.insert(*std::move(text));
        }
        fuzz::require(!all.empty(), "some seeds can be opened");
        return all;
    }();
    return texts;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Stopwatch watch;
    const std::string_view input = fuzz::view(data, size);
    if (const auto text = opened(input, false))
        fuzz::require(known().contains(*text), "what AES-GCM opens is what a seed holds", *text);
    opened(input, true);
    return 0;
}
