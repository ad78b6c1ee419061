#include "flow/talk_record.h"

#include "idp/stand_ins.h"
#include "idp/talk.h"
#include "temporary_folder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace awsfed;

namespace {

std::string masked(std::string_view html) {
    StandIns masks(*Url::parse("https://sts.corp.example/adfs/ls/"));
    masks.replace("alice", "user");
    return *masked_page(html, "text/html", masks);
}

// Only pages: documents of WS-Trust are none.
bool is_of_pages(const std::string& path) {
    const Settings settings = settings_of_talk(path);
    const std::string method = settings.text("adfs_method");
    return settings.text("idp") == "form" || method == "forms";
}

} // namespace

TEST_CASE("every talk is recorded so that it plays again and comes to the same end") {
    const TemporaryFolder folder;
    const std::string copy = folder.path("copy.talk");
    const Log nothing_hidden;
    int recorded = 0;
    std::string left_out;
    for (const auto& entry : std::filesystem::directory_iterator(AWSFED_TALKS)) {
        const std::string path = entry.path().string();
        CAPTURE(path);
        if (!is_of_pages(path))
            continue;
        TalkRecord record;
        CHECK(play_talk(path, &record) == "");
        if (record.exchanges().empty())
            continue;
        const auto talk = record.talk(settings_of_talk(path), nothing_hidden, end_of_talk(path));
        REQUIRE(talk);
        if (talk->text.empty()) {
            left_out += entry.path().stem().string() + ": " + talk->why_not + "\n";
            continue;
        }
        std::ofstream(copy) << talk->text;
        CHECK(play_talk(copy) == "");
        CHECK(talk->text.find("svc-deploy") == std::string::npos);
        ++recorded;
    }
    MESSAGE("left out:\n" << left_out);
    CHECK(recorded >= 80);
}

TEST_CASE("nobody's words are left in a masked page, and its structure is") {
    const std::string page = masked(R"~(<html lang="de"><head><title>Muster AG</title><style>.muster {}</style>
        <!-- Hotline 4711 --><script>var tenant = "muster"; document.forms[0].submit();</script></head>
        <body onload="hello('Muster')"><img src="/adfs/portal/muster.png" alt="Muster">
        <p data-mail="a@muster.example">Guten Tag, Alice Müller! MSIS7012 (4c0ffee0-1111-2222-3333-008001000042)</p>
        <form method="post" action="/adfs/ls/?wtrealm=muster&client-request-id=4c0ffee0-1111-2222-3333-008001000042">
        <input type="hidden" name="Context" value="geheim">
        <input type="hidden" name="AuthMethod" value="FormsAuthentication">
        <input name="UserName" value="ALICE" placeholder="alice@muster.example"></form></body></html>)~");
    for (const char* word :
         {"Muster", "muster", "Hotline", "4711", "Guten", "lice", "LICE", "ller", "geheim", "png", "4c0ffee0"}) {
        CAPTURE(word);
        CHECK(page.find(word) == std::string::npos);
    }
    for (const char* word :
         {"MSIS7012", "document.forms[0].submit();", "name=\"Context\" value=\"opaque-", "value=\"user\"",
          "value=\"FormsAuthentication\"", "https://sts.example.test/adfs/ls/?wtrealm=opaque-"}) {
        CAPTURE(word);
        CHECK(page.find(word) != std::string::npos);
    }
}

TEST_CASE("the same has the same stand-in, and another one another") {
    StandIns masks(*Url::parse("https://sts.corp.example"));
    CHECK(masks.value("a", "one") == masks.value("b", "one"));
    CHECK(masks.value("a", "one") != masks.value("a", "two"));
    CHECK(masks.url(*Url::parse("https://STS.corp.example:443/adfs/ls/")).text() ==
          "https://sts.example.test/adfs/ls/");
    CHECK(masks.url(*Url::parse("https://other.corp.example/tenant-4711/login")).text().find("4711") ==
          std::string::npos);
    CHECK(masks.url(*Url::parse("https://signin.aws.amazon.com/saml")).text() == "https://signin.aws.amazon.com/saml");
    CHECK(masks.left_in("see STS.CORP.EXAMPLE") == "sts.corp.example");
    CHECK(masks.left_in("see sts.example.test") == "");
}

TEST_CASE("a talk with a secret in it is not given out") {
    TalkRecord record;
    record.exchanged(Request{.url = *Url::parse("https://sts.corp.example/login")},
                     Response{200, {{"content-type", "text/html"}}, Secret("<p id=hunter2>x</p>")});
    Settings settings;
    REQUIRE(settings.set("idp", "form"));
    REQUIRE(settings.set("idp_url", "https://sts.corp.example/login"));
    Log veil;
    veil.hide("hunter2");
    const auto talk = record.talk(settings, veil, "");
    REQUIRE(talk);
    CHECK(talk->text == "");
    CHECK(talk->why_not == "A secret would be left in it.");
}
