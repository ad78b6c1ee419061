// The actions that tell what is known: of the caller, of a key, of a refusal.
#include "base/text.h"
#include "sandbox/sts.h"

#include <algorithm>

namespace awsfed::sandbox {

namespace {

constexpr std::size_t message_chars_max = 10'240;

} // namespace

// Needs no permission, and cannot be denied.
StsResult<Answer> Sts::get_caller_identity(const StsCall& call) {
    const Caller& caller = *call.caller;
    return sts_result(call.action, {{"Arn", caller.arn}, {"UserId", caller.id}, {"Account", caller.account}},
                      caller.arn);
}

StsResult<Answer> Sts::get_access_key_info(const StsCall& call) {
    AWSFED_STS_TRY(const std::string_view id, text_of(call, "AccessKeyId", 16, 128));
    const bool is_word = std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (!is_word)
        return unfit("accessKeyId", "satisfy regular expression pattern: [\\w]*");
    AWSFED_STS_CHECK(check_rights(*call.caller, "sts:GetAccessKeyInfo", "*"));
    const LongTermKey* key = world_.key(id);
    const IssuedSession* session = sessions_.find(id);
    if (key == nullptr && session == nullptr)
        return invalid(fmt::format("The access key {} does not exist", printable(id)));
    const std::string account(key ? key->user.account() : session->caller.account);
    return sts_result(call.action, {{"Account", account}}, account);
}

// The sandbox encodes none of its refusals, so there is no message that is right.
StsResult<Answer> Sts::decode_authorization_message(const StsCall& call) {
    AWSFED_STS_CHECK(text_of(call, "EncodedMessage", 1, message_chars_max));
    AWSFED_STS_CHECK(check_rights(*call.caller, "sts:DecodeAuthorizationMessage", "*"));
    return refuse("InvalidAuthorizationMessageException", "The message is not valid",
                  "the sandbox encodes no messages");
}

} // namespace awsfed::sandbox
