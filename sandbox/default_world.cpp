#include "sandbox/world.h"

namespace awsfed::sandbox {

std::string_view default_world() {
    return R"(# What awsfed-sandbox plays unless it is given another file. Passwords and keys are worthless test data.

[provider ADFS]
arn = arn:aws:iam::123456789012:saml-provider/ADFS

# The founding story: a build signs in as alice and takes the role build.
[user alice]
password = Correct-Horse-7
roles = build, reader
session_name = alice@corp.example
origin_subject = E-4711

[user bob]
password = Battery-Staple-9
roles = reader
session_name = bob@corp.example

[user disabled]
password = Correct-Horse-7
roles = reader
state = disabled

# Second factors: a code, an authenticator app, and an approval on a telephone that shows a number.
[user heidi]
password = Correct-Horse-7
roles = build
second_factor = code 246810

[user ivan]
password = Correct-Horse-7
roles = build
second_factor = app GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ

[user judy]
password = Correct-Horse-7
roles = build
second_factor = telephone 42

[role build]
arn = arn:aws:iam::123456789012:role/build
max_session = 14400
policy = {"Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::123456789012:role/*"},
    {"Effect": "Allow", "Action": "sts:*WebIdentityToken*", "Resource": "*"}]}

[role reader]
arn = arn:aws:iam::123456789012:role/reader
trust = arn:aws:iam::123456789012:saml-provider/ADFS, arn:aws:iam::123456789012:root
policy = {"Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}}

# Only from other roles and users of the account.
[role deploy]
arn = arn:aws:iam::123456789012:role/deploy
trust = arn:aws:iam::123456789012:root
policy = {"Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}

# Long-term keys, for AssumeRole, GetFederationToken, AssumeRoot and GetDelegatedAccessToken.
[key AKIASANDBOXEXAMPLE00]
secret = sandbox/secret/access/key/of/no/worth/00
arn = arn:aws:iam::123456789012:user/ci
policy = {"Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}

# Sessions of this account may have tokens for other services (GetWebIdentityToken).
[account 123456789012]
web_identity_tokens = true

# A member of the organisation: who calls from one of managers may take its root for a task (AssumeRoot).
[account 210987654321]
managers = 123456789012

# Tokens of delegation requests, to be traded for a session of the role (GetDelegatedAccessToken).
[trade_in maintenance]
token = trade-in-token-of-no-worth
role = reader

[trade_in stale]
token = trade-in-token-of-yesterday
role = reader
state = expired

# What is to go wrong. kind is the name where it is left out; nth counts the requests that it could hit.
#
# [fault sts_throttle]
# nth = 1
#
# [fault late]
# kind = slow_ms
# value = 2000
# nth = 2-3
)";
}

} // namespace awsfed::sandbox
