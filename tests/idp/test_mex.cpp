#include "idp/mex.h"

#include "document.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

namespace {

constexpr const char* both = "13 https://sts.example/adfs/services/trust/13/usernamemixed "
                             "2005 https://sts.example/adfs/services/trust/2005/usernamemixed ";

std::string endpoints(const std::string& text) {
    const auto found = username_endpoints(text);
    if (!found)
        return std::string(row_of(found.error().code).text);
    std::string list;
    for (const TrustEndpoint& one : *found)
        list += (one.version == TrustVersion::v13 ? "13 " : "2005 ") + one.url.text() + " ";
    return list;
}

} // namespace

TEST_CASE("the endpoints for user name and password are found by port, binding and policy, 1.3 first") {
    CHECK(endpoints(document("mex.xml")) == both);
    CHECK(endpoints(document("mex_2005.xml")) == "2005 https://sts.example/adfs/services/trust/2005/usernamemixed ");
    CHECK(endpoints(document("mex_none.xml")).empty());
}

TEST_CASE("names mean nothing: the policy decides") {
    std::string text = document("mex.xml");
    for (std::size_t at = 0; (at = text.find("UserName_13", at)) != std::string::npos;)
        text.replace(at, 11, "Anything");
    CHECK(endpoints(text) == both);
}

TEST_CASE("a chain that is broken anywhere gives no endpoint") {
    const std::string only_2005 = "2005 https://sts.example/adfs/services/trust/2005/usernamemixed ";
    const std::string good = document("mex.xml");
    for (const auto& [what, with] : std::vector<std::pair<std::string, std::string>>{
             {R"(wsu:Id="UserName_13_policy")", R"(wsu:Id="other")"},
             {R"(URI="#UserName_13_policy")", R"(URI="UserName_13_policy")"},
             {R"(URI="#UserName_13_policy")", ""},
             {R"(binding="tns:UserName_13")", R"(binding="tns:none")"},
             {R"(binding="tns:UserName_13")", ""},
             {R"(wsdl:binding name="UserName_13")", R"(wsdl:binding name="")"},
             {R"(location="https://sts.example/adfs/services/trust/13/usernamemixed")", ""},
             {R"(location="https://sts.example/adfs/services/trust/13/usernamemixed")", R"(location="ftp://x")"},
             {R"(location="https://sts.example/adfs/services/trust/13/usernamemixed")",
              R"(location="http://sts.example/adfs/services/trust/13/usernamemixed")"},
         }) {
        CAPTURE(what);
        CHECK(endpoints(replaced(good, what, with)) == only_2005);
    }
    const std::string nameless = replaced(good, R"(wsdl:binding name="UserName_13")", "wsdl:binding");
    CHECK(endpoints(replaced(nameless, R"(binding="tns:UserName_13")", "")) == only_2005);
    std::string other_action = good;
    const std::size_t at = other_action.find("RST/Issue", other_action.find(R"(wsdl:binding name="UserName_13")"));
    CHECK(endpoints(other_action.replace(at, 9, "RST/Renew")) == only_2005);
}

TEST_CASE("the document may stand in an envelope, and among other sections") {
    const std::string good = document("mex.xml");
    const std::string definitions = good.substr(good.find("<wsdl:definitions"));
    CHECK(endpoints("<s:Envelope><s:Body>" + definitions + "</s:Body></s:Envelope>") == both);
    const std::string sections = "<Metadata><MetadataSection><x/></MetadataSection><MetadataSection>" + definitions +
                                 "</MetadataSection></Metadata>";
    CHECK(endpoints(sections) == both);
    CHECK(endpoints("<s:Envelope><s:Body>" + sections + "</s:Body></s:Envelope>") == both);
    CHECK(endpoints("<s:Envelope><s:Header>" + definitions + "</s:Header></s:Envelope>") == "not-idp");
    CHECK(endpoints("<Metadata/>") == "not-idp");
}

TEST_CASE("this machine may do without https, which the conversation judges") {
    const std::string text = replaced(document("mex.xml"), R"(location="https://sts.example/adfs/services/trust/13/u)",
                                      R"(location="http://localhost:8080/adfs/services/trust/13/u)");
    CHECK(endpoints(text).starts_with("13 http://localhost:8080/"));
}

TEST_CASE("what is no metadata is something else than AD FS") {
    const std::string good = document("mex.xml");
    for (const std::string& text :
         {std::string(), std::string("<html><body>Sign in</body></html>"), std::string("503"),
          document("fault_other.xml"), "<!DOCTYPE x>" + good, good + "<x/>", good.substr(0, good.size() / 2),
          std::string(5000, '<'), std::string(3'000'000, ' ') + good}) {
        CAPTURE(text.size());
        CHECK(endpoints(text) == "not-idp");
    }
    std::string deep = "<definitions>";
    for (int i = 0; i < 100; ++i)
        deep += "<service>";
    for (int i = 0; i < 100; ++i)
        deep += "</service>";
    CHECK(endpoints(deep + "</definitions>") == "not-idp");
}

TEST_CASE("metadata that is cut off anywhere gives an error, and never an endpoint of another kind") {
    const std::string good = document("mex.xml");
    const std::size_t end = good.rfind('>'); // the rest is a line end
    for (std::size_t size = 0; size < end; size += 7)
        CHECK(endpoints(good.substr(0, size)) == "not-idp");
}

TEST_CASE("a document of many parts is read in one go") {
    std::string parts;
    for (int i = 0; i < 20'000; ++i)
        parts += "<binding name='a'><PolicyReference URI='#a'/></binding><Policy/>";
    std::string ports;
    for (int i = 0; i < 20'000; ++i)
        ports += "<port binding='a'/>";
    CHECK(endpoints("<definitions>" + parts + "<service>" + ports + "</service></definitions>").empty());
}
