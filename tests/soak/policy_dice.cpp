#include "soak/policy_dice.h"

#include <algorithm>
#include <iterator>
#include <span>

namespace awsfed::policy {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view actions[] = {"s3:GetObject"sv,  "s3:PutObject"sv, "s3:*"sv,          "s3:Get*"sv,
                                        "s3:*Object"sv,    "s3:List*"sv,     "ec2:Describe*"sv, "*"sv,
                                        "s3:GetObject*"sv, "s3:?etObject"sv, "iam:PassRole"sv,  "ec2:*Tags"sv,
                                        "S3:getobject"sv};
constexpr std::string_view asked_actions[] = {"s3:GetObject"sv,     "s3:PutObject"sv,    "s3:GetObjectAcl"sv,
                                              "s3:ListBucket"sv,    "s3:DeleteObject"sv, "s3:Get"sv,
                                              "ec2:DescribeVpcs"sv, "ec2:CreateTags"sv,  "iam:PassRole"sv,
                                              "s3:GetBucketAcl"sv,  "S3:SETOBJECT"sv,    "s3:XObject"sv};
constexpr std::string_view resources[] = {"*"sv,
                                          "arn:aws:s3:::*"sv,
                                          "arn:aws:s3:::data"sv,
                                          "arn:aws:s3:::data/*"sv,
                                          "arn:aws:s3:::d*"sv,
                                          "arn:aws:s3:::data/b/*"sv,
                                          "arn:aws:s3:::*/b*"sv,
                                          "arn:aws:s3:::data/?"sv,
                                          "arn:aws:s3:::*/x.txt"sv,
                                          "arn:aws:s3:::l*s/*"sv,
                                          "arn:aws:s3:::data/??*"sv,
                                          "arn:aws:s3:::data/b/x.txt"sv};
constexpr std::string_view resources_with_variables[] = {"arn:aws:s3:::data/${aws:username}/*"sv,
                                                         "arn:aws:s3:::data/${aws:username}"sv,
                                                         "arn:aws:s3:::${aws:PrincipalTag/team, 'data'}/*"sv,
                                                         "arn:aws:s3:::*/${aws:username}"sv,
                                                         "${aws:username}"sv,
                                                         "arn:aws:s3:::data/${*}"sv};
constexpr std::string_view asked_resources[] = {"arn:aws:s3:::data"sv,
                                                "arn:aws:s3:::data/"sv,
                                                "arn:aws:s3:::data/k"sv,
                                                "arn:aws:s3:::data/b/c"sv,
                                                "arn:aws:s3:::d2/b"sv,
                                                "arn:aws:s3:::logs/x"sv,
                                                "arn:aws:s3:::ls/b/x.txt"sv,
                                                "arn:aws:s3:::q/x.txt"sv,
                                                "arn:aws:iam::1:role/x"sv,
                                                "arn:aws:s3:::data/x.txt"sv,
                                                "arn:aws:s3:::data/b/x.txt"sv,
                                                "*"sv,
                                                "arn:aws:s3:::b/b"sv,
                                                "arn:aws:s3:::data/kk"sv,
                                                "arn:aws:s3:::data/*"sv,
                                                "k"sv,
                                                ""sv};

struct Key {
    std::string_view name;
    std::vector<std::string_view> operators;
    std::vector<std::string_view> values;
    std::vector<std::string_view> asked;
    bool several = false;
};

const std::vector<Key>& keys() {
    static const std::vector<Key> all{
        {"aws:PrincipalTag/team",
         {"StringEquals", "StringNotEquals", "StringEqualsIfExists", "StringNotEqualsIfExists", "StringLike",
          "StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLikeIfExists"},
         {"a", "b", "c", "A", "a*", "?", "*", "data"},
         {"a", "b", "c", "A", "B", "ab", "", "*", "data"}},
        {"aws:PrincipalTag/team", {"Null"}, {"true", "false"}, {"a"}},
        {"s3:prefix",
         {"StringLike", "StringNotLike", "StringEquals", "StringLikeIfExists"},
         {"home/*", "home/a*", "x?", "*/y", "home/${aws:username}/*", "${aws:username}"},
         {"home/a", "home/ab", "xy", "q/y", "home/a/y", "home/k/y", "k", ""}},
        {"aws:SecureTransport", {"Bool", "BoolIfExists"}, {"true", "false", "TRUE"}, {"true", "false", "True"}},
        {"aws:SourceIp",
         {"IpAddress", "NotIpAddress", "IpAddressIfExists"},
         {"10.0.0.0/8", "10.1.0.0/16", "192.168.0.0/16", "10.1.2.3", "2001:db8::/32"},
         {"10.0.0.1", "10.1.2.3", "192.168.3.4", "8.8.8.8", "10.255.255.255", "11.0.0.0", "2001:db8::1", "x"}},
        {"s3:max-keys",
         {"NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals", "NumericEquals",
          "NumericNotEquals", "NumericLessThanIfExists"},
         {"10", "5", "10.5", "-1"},
         {"4", "5", "5.0", "9", "10", "10.2", "11", "-2", "x"}},
        {"aws:TagKeys",
         {"ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAllValues:StringNotEquals",
          "ForAnyValue:StringNotEquals", "ForAllValues:StringLike", "ForAnyValue:StringLikeIfExists"},
         {"a", "b", "c", "a*"},
         {"a", "b", "c", "ab", "d"},
         true},
        {"aws:CurrentTime",
         {"DateGreaterThan", "DateLessThan", "DateGreaterThanEquals", "DateLessThanEquals", "DateNotEquals"},
         {"2026-01-01T00:00:00Z", "2027-01-01", "1767225601"},
         {"2025-05-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z", "2026-01-01T00:00:01Z",
          "2026-06-01", "2027-01-01", "2028-01-01"}},
        {"aws:SourceArn",
         {"ArnLike", "ArnEquals", "ArnNotLike", "ArnLikeIfExists"},
         {"arn:aws:s3:::*", "arn:aws:*:*:*:x", "arn:aws:sns:eu-*:1:x", "arn:aws:sns:*:1:*"},
         {"arn:aws:s3:::x", "arn:aws:s3:::a:x", "arn:aws:sns:eu-1:1:x", "arn:aws:sns:us-1:1:y", "arn:aws:sns::2:x",
          "x"}},
    };
    return all;
}

constexpr std::string_view user_names[] = {"k"sv, "a"sv, "b"sv, "x.txt"sv, "b/c"sv, "*"sv, ""sv, "data"sv};

} // namespace

std::vector<Word> Dice::some(std::span<const std::string_view> words, std::size_t most) {
    std::vector<Word> chosen;
    for (std::size_t n = 1 + below(most); n > 0; --n)
        chosen.emplace_back(words[below(words.size())]);
    return chosen;
}

Condition Dice::condition(const DiceOptions& options) {
    const Key& key = pick(keys());
    Condition condition;
    condition.op = *Operator::parse(pick(key.operators));
    condition.key = Word(key.name);
    for (std::size_t n = 1 + below(2); n > 0; --n) {
        const std::string_view value = pick(key.values);
        condition.values.emplace_back(options.variables || !value.contains('$') ? value : "home/b*");
    }
    return condition;
}

Statement Dice::statement(const DiceOptions& options) {
    Statement made;
    made.effect = one_in(4) ? Effect::deny : Effect::allow;
    made.not_action = options.inverted && one_in(8);
    made.not_resource = options.inverted && one_in(8);
    made.actions = some(actions, 3);
    made.resources = some(resources, 3);
    if (options.variables && one_in(4))
        made.resources.front() = Word(pick(resources_with_variables));
    for (std::size_t n = options.conditions && one_in(2) ? 1 + below(2) : 0; n > 0; --n) {
        Condition made_condition = condition(options);
        if (std::ranges::none_of(made.conditions, [&](const Condition& other) {
                return other.op == made_condition.op && other.key.text == made_condition.key.text;
            }))
            made.conditions.push_back(std::move(made_condition));
    }
    return made;
}

Document Dice::document(const DiceOptions& options) {
    Document made;
    made.version = Version::v2012;
    if (options.variables && one_in(10))
        made.version = Version::v2008;
    for (std::size_t n = 1 + below(3); n > 0; --n)
        made.statements.push_back(statement(options));
    return made;
}

Document Dice::neighbour(const Document& document, const DiceOptions& options) {
    Document made = document;
    Statement& changed = made.statements[below(made.statements.size())];
    switch (below(5)) {
    case 0: changed.resources = some(resources, 2); break;
    case 1: changed.actions = some(actions, 2); break;
    case 2: changed.conditions.clear(); break;
    case 3: made.statements.push_back(statement(options)); break;
    default: changed.resources.emplace_back(pick(resources)); break;
    }
    return made;
}

Request Dice::request() {
    Request made(pick(asked_actions), pick(asked_resources));
    if (!one_in(3))
        made.context.set("aws:username", {std::string(pick(user_names))});
    for (const Key& key : keys()) {
        if (one_in(3))
            continue;
        std::vector<std::string> values{std::string(pick(key.asked))};
        if (key.several) {
            for (std::size_t n = below(3); n > 0; --n)
                values.emplace_back(pick(key.asked));
        }
        made.context.set(key.name, std::move(values));
    }
    return made;
}

} // namespace awsfed::policy
