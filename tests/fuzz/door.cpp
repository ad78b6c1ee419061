// The strict door, and the reader of an assertion behind it, which takes AWS's rules to text that nobody signed.
#include "fuzz/fuzz.h"

#include "base/base64.h"
#include "saml/assertion.h"
#include "saml/response_door.h"

using namespace awsfed;

namespace {

void check(const Result<SamlDocument>& opened) {
    if (!opened)
        return fuzz::require(!opened.error().peer.empty(), "a refusal has a reason", opened.error().message);
    fuzz::require(opened->response() != nullptr && opened->assertion() != nullptr, "what is opened is whole");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Stopwatch watch;
    const std::string_view input = fuzz::view(data, size);
    if (!begins_like_xml(input))
        check(open_response(input));
    const auto opened = open_response_xml(input, StatusRule::later);
    check(opened);

    const auto read = read_assertion(input);
    if (begins_like_xml(input))
        fuzz::require(!read || opened, "the reader takes nothing that the door refuses");
    if (opened) {
        const Secret encoded = base64_encode(input);
        fuzz::require(encoded.size() > 100'000 || open_response(encoded.reveal(), StatusRule::later),
                      "base64 of what passes the door passes it");
    }
    return 0;
}
