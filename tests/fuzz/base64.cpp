// Strict base64: what is encoded decodes to itself, and of each value there is one encoding, white space apart.
#include "fuzz/fuzz.h"

#include "base/base64.h"

using namespace awsfed;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Stopwatch watch;
    const std::string_view input = fuzz::view(data, size);
    const Secret encoded = base64_encode(input);
    const std::optional<Secret> back = base64_decode(encoded.reveal());
    // No text stands for nothing, which nobody has a use for: it is refused.
    fuzz::require(input.empty() ? !back : back && back->reveal() == input, "what was encoded decodes to itself",
                  encoded.reveal());

    const std::optional<Secret> decoded = base64_decode(input);
    if (!decoded)
        return 0;
    std::string bare(input);
    std::erase_if(bare, [](char c) { return std::string_view(" \t\r\n").find(c) != std::string_view::npos; });
    fuzz::require(base64_encode(decoded->reveal()).reveal() == bare, "a value has one encoding", bare);
    return 0;
}
