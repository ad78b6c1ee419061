#include "aws/query_result.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

namespace {

Response answer(std::string_view body, int status = 200) {
    Response response;
    response.status = status;
    response.body = Secret(body);
    return response;
}

QueryResult users(std::string_view inside) {
    auto result = read_query_result(
        "ListUsers", answer(fmt::format("<ListUsersResponse><ListUsersResult>{}</ListUsersResult><ResponseMetadata>"
                                        "<RequestId>id-1</RequestId></ResponseMetadata></ListUsersResponse>",
                                        inside)));
    REQUIRE(result);
    return *std::move(result);
}

} // namespace

TEST_CASE("a list of structures is read from an answer, in its order") {
    const QueryResult result = users("<Users><member><UserName>a</UserName></member>\n<member><UserName> b </UserName>"
                                     "</member></Users><IsTruncated> false </IsTruncated><Max>20</Max>"
                                     "<At>2026-11-25T18:00:00.25+01:00</At>");
    CHECK(result.request_id == "id-1");
    const auto list = result.value->member("Users").value().items();
    REQUIRE(list.size() == 2);
    CHECK(list[0].member("UserName").value().text() == "a");
    CHECK(list[1].member("UserName").value().text() == " b ");
    CHECK(list[1].member("UserName").value().secret().reveal() == " b ");
    CHECK(result.value->member("IsTruncated").value().boolean() == false);
    CHECK(result.value->member("Max").value().integer() == 20);
    CHECK(result.value->member("At").value().time() == read_time("2026-11-25T17:00:00.25Z", ZoneRule::utc_only));
}

TEST_CASE("a value that is not what is asked for is empty, and so is a member that is not there") {
    const QueryResult result = users("<Word>yes</Word><Half>1.5</Half><Huge>9223372036854775808</Huge><None/>"
                                     "<Day>2026-11-25</Day>");
    CHECK_FALSE(result.value->member("Users"));
    CHECK_FALSE(result.value->member("Word").value().boolean());
    CHECK_FALSE(result.value->member("Half").value().integer());
    CHECK_FALSE(result.value->member("Huge").value().integer());
    CHECK_FALSE(result.value->member("None").value().integer());
    CHECK_FALSE(result.value->member("Day").value().time());
    CHECK(result.value->member("None").value().text().empty());
    CHECK(result.value->member("None").value().items().empty());
    CHECK(result.value->member("Word").value().items("item").empty());
}

TEST_CASE("an action that answers nothing may answer with no body; one that owes a result may not") {
    const Response empty = answer("");
    const auto nothing = read_query_result("DeleteUser", empty, QueryOutput::none);
    REQUIRE(nothing);
    CHECK_FALSE(nothing->value);
    CHECK(read_query_result("DeleteUser", answer("<DeleteUserResponse/>"), QueryOutput::none).has_value());

    const auto owed = read_query_result("ListUsers", empty);
    REQUIRE_FALSE(owed);
    CHECK(owed.error().code == Code::sts_answer_malformed);
    const auto without = read_query_result("ListUsers", answer("<ListUsersResponse/>"));
    REQUIRE_FALSE(without);
    CHECK(without.error().code == Code::sts_answer_malformed);
}

TEST_CASE("an action that answers nothing still fails as others do") {
    const auto refused = read_query_result(
        "DeleteUser", answer("<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>", 403),
        QueryOutput::none);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::access_denied);
    CHECK_FALSE(read_query_result("DeleteUser", answer("", 503), QueryOutput::none));
    CHECK_FALSE(read_query_result("DeleteUser", answer("<html/>"), QueryOutput::none));
    CHECK_FALSE(read_query_result("DeleteUser", answer("<ListUsersResponse/>"), QueryOutput::none));
}
