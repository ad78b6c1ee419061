#include "policy/action_table.h"

#include "base/text.h"
#include "vectors/json_tree.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

using namespace awsfed;
using namespace awsfed::policy;
using vectors::Json;

namespace {

Json packed(const char* path) {
    const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path, "rb"), gzclose);
    REQUIRE(file);
    std::string text(std::size_t{8} << 20U, '\0');
    const int size = gzread(file.get(), text.data(), static_cast<unsigned>(text.size()));
    REQUIRE(size > 0);
    text.resize(static_cast<std::size_t>(size));
    auto json = Json::parse(text);
    REQUIRE(json);
    return *json;
}

std::vector<std::string> names_of(std::span<const KnownKey> keys) {
    std::vector<std::string> names;
    for (const KnownKey& key : keys)
        names.emplace_back(key.name);
    return names;
}

std::vector<std::string> full_names(std::string_view pattern) {
    std::vector<std::string> names;
    for (const KnownAction action : matching_actions(pattern))
        names.push_back(action.full_name());
    return names;
}

// What the source says of an action, beside what the table says; the first difference.
std::string difference(const Json& service, const Json& source, KnownAction action) {
    static const std::map<std::string, AccessLevel> levels{{"L", AccessLevel::list},
                                                           {"R", AccessLevel::read},
                                                           {"W", AccessLevel::write},
                                                           {"T", AccessLevel::tagging},
                                                           {"P", AccessLevel::permissions}};
    if (action.level() != levels.at(source[0].text()))
        return "level";
    std::set<std::string> keys;
    for (const Json& key : source[2].items())
        keys.insert(key.text());
    std::set<std::string> wanted;
    std::set<std::string> types;
    for (const Json& marked : source[1].items()) {
        const std::string name = marked.text().substr(0, marked.text().find('!'));
        for (const Json& key : service[2][name][1].items())
            keys.insert(key.text());
        wanted.insert(marked.text() + ' ' + service[2][name][0].text());
    }
    for (const ResourceType& type : action.resource_types())
        types.insert(std::string(type.name) + (type.required ? "! " : " ") + std::string(type.arn));
    if (types != wanted)
        return "resource types";
    return names_of(action.condition_keys()) == std::vector(keys.begin(), keys.end()) ? "" : "condition keys";
}

} // namespace

TEST_CASE("the table of actions says what its source says, and nothing else") {
    const Json source = packed(AWSFED_KNOWN_ACTIONS);
    CHECK(source["data_date"].text() == action_data_date());
    std::size_t actions = 0;
    for (const auto& [prefix, service] : source["services"].members()) {
        const auto found = find_service(prefix);
        REQUIRE(found);
        CHECK(found->title() == service[0].text());
        CHECK(found->size() == service[1].members().size());
        actions += found->size();
        for (const auto& [name, of_source] : service[1].members()) {
            const auto action = find_action(prefix + ":" + name);
            REQUIRE(action);
            if (action->full_name() != prefix + ":" + name || action->service() != *found)
                FAIL_CHECK(prefix, ":", name, " is another");
            if (const std::string what = difference(service, of_source, *action); !what.empty())
                FAIL_CHECK(prefix, ":", name, " differs in ", what);
        }
    }
    CHECK(actions == known_action_total());
    CHECK(source["services"].members().size() == known_service_total());
    CHECK(actions == 22'091);
}

TEST_CASE("an action is found in whatever case it is written") {
    const auto action = find_action("S3:getobject");
    REQUIRE(action);
    CHECK(action->full_name() == "s3:GetObject");
    CHECK(action->level() == AccessLevel::read);
    CHECK(name_of(find_action("iam:AttachRolePolicy")->level()) == "Permissions management");
    CHECK(action->service().title() == "Amazon S3");
}

TEST_CASE("what is not the whole name of an action finds none") {
    for (const char* text :
         {"", ":", "s3", "s3:", ":GetObject", "s3:GetObjec", "s3:GetObjects", "s3:Get*", "*", "s4:GetObject"})
        CHECK_FALSE(find_action(text));
    CHECK_FALSE(find_service(""));
}

TEST_CASE("the actions of a service come by name, case aside") {
    for (const KnownService service : every_known_service())
        CHECK(std::ranges::is_sorted(service.actions(), std::ranges::less(),
                                     [](KnownAction action) { return lower_ascii(action.name()); }));
}

TEST_CASE("a misspelt action is met with the one it is near to") {
    CHECK(nearest_action("s3:GetObjcet") == "s3:GetObject");
    CHECK(nearest_action("s33:GetObject") == "s3:GetObject");
    CHECK(nearest_action("lambda:InvokeFuntion") == "lambda:InvokeFunction");
    CHECK(nearest_service("dynamobd") == "dynamodb");
    CHECK(nearest_action("nothinglikethisatall:GetObject").empty());
}

TEST_CASE("a pattern stands for the actions that it matches") {
    CHECK(full_names("s3:GetObjectT*") == std::vector<std::string>{"s3:GetObjectTagging", "s3:GetObjectTorrent"});
    CHECK(full_names("S3:?etobject") == std::vector<std::string>{"s3:GetObject"});
    CHECK(full_names("sts:*").size() == find_service("sts")->size());
    CHECK(full_names("*").size() == known_action_total());
    for (const char* none : {"s3:Nothing*", "s*:GetObject", "*:*", "", "s3", "s3:"})
        CHECK(full_names(none).empty());
    CHECK(matches("*", *find_action("s3:GetObject")));
    CHECK(matches("s3:*object", *find_action("s3:GetObject")));
    CHECK_FALSE(matches("s3:*", *find_action("sts:AssumeRole")));
}

TEST_CASE("a name under a pattern") {
    CHECK(matches_name("*", ""));
    CHECK(matches_name("", ""));
    CHECK(matches_name("a**b?", "AxbBc"));
    CHECK(matches_name("*ab", "aab"));
    CHECK_FALSE(matches_name("?", ""));
    CHECK_FALSE(matches_name("ab", "abc"));
    CHECK_FALSE(matches_name("a?c", "ac"));
    CHECK_FALSE(matches_name(std::string("*a*a*a*a*a*a*a*a") + "*b", std::string(2000, 'a'))); // at once, too
}

TEST_CASE("resources of an action, as patterns for ARNs") {
    const auto types = find_action("s3:GetObject")->resource_types();
    const auto object = std::ranges::find(types, "object", &ResourceType::name);
    REQUIRE(object != types.end());
    CHECK(object->arn == "arn:${Partition}:s3:::${BucketName}/${ObjectName}");
    CHECK(object->arn_glob() == "arn:*:s3:::*/*");
    CHECK(find_action("iam:PassRole")->resource_types().front().required);
    CHECK(find_action("s3:ListAllMyBuckets")->resource_types().empty());
    CHECK(ResourceType{"", "arn:${P}:x:${R}${A}:y/${N}.z", false}.arn_glob() == "arn:*:x:*:y/*.z");
}

TEST_CASE("condition keys, those that stand for many among them") {
    CHECK(find_condition_key("S3:PREFIX")->kind == KeyKind::string);
    CHECK(find_condition_key("s3:ExistingObjectTag/team")->name == "s3:ExistingObjectTag/<key>");
    CHECK(find_condition_key("aws:requesttag/a/b")->name == "aws:RequestTag/${TagKey}");
    CHECK(is_list(find_condition_key("aws:TagKeys")->kind));
    CHECK(find_condition_key("codebuild:fileSystemLocations/home.type")->name ==
          "codebuild:fileSystemLocations/${identifier}.type");
    for (const char* none : {"", "s3:", "s3:prefixes", "aws:RequestTag/", "codebuild:fileSystemLocations/.type"})
        CHECK_FALSE(find_condition_key(none));
}
