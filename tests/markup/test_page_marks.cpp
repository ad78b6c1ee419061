#include "base/limits.h"
#include "markup/form.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

namespace {

Page read(std::string_view html) {
    auto page = read_page(html, "text/html; charset=utf-8");
    REQUIRE(page);
    return std::move(*page);
}

} // namespace

TEST_CASE("an element's text is folded, and holds that of the elements within") {
    const Page page = read("<div id=a class='x  error'>One <b>t</b>wo\n <p>three</p><script>no</script></div>");
    const Mark* mark = page.mark("a");
    REQUIRE(mark != nullptr);
    CHECK(page.text_of(*mark) == "One two three");
    CHECK(mark->has_class("error"));
    CHECK_FALSE(mark->has_class("err"));
    CHECK(page.mark("b") == nullptr);
}

TEST_CASE("what is within a hidden element is hidden, and what is beside it is not") {
    const Page page =
        read("<div style='color: red; Display : none'><i id=a>x</i></div><i id=b>y</i><i id=c hidden>z</i>");
    CHECK(page.mark("a")->hidden);
    CHECK_FALSE(page.mark("b")->hidden);
    CHECK(page.mark("c")->hidden);
}

TEST_CASE("a mark knows the mark around it") {
    const Page page = read("<div id=outer><p>x <a href='/go?a=1&amp;b=2'>y</a></p></div>");
    REQUIRE(page.marks.size() == 2);
    CHECK(page.marks[1].href == "/go?a=1&b=2");
    CHECK(page.marks[1].parent == 0);
    CHECK(page.marks[0].parent == Mark::no_mark);
}

TEST_CASE("a page with endless marks and text is read to its limits") {
    std::string html;
    for (std::size_t i = 0; i < page_marks_max + 100; ++i)
        html += "<p class=x>" + std::string(100, 'y') + "</p>";
    const Page page = read(html);
    CHECK(page.marks.size() == page_marks_max);
    CHECK(page.text.size() <= page_text_bytes_max);
}

TEST_CASE("a list keeps what it offers, with the words for people") {
    const Page page =
        read("<form><select name=rp><option value=1>A  b<option value=2 disabled>C<option>D</select></form>");
    const auto& options = page.forms.front().fields.front().options;
    REQUIRE(options.size() == 2);
    CHECK(options[0].value == "1");
    CHECK(options[0].label == "A b");
    CHECK(options[1].value == "D");
}

TEST_CASE("a refresh leads on, but not the one for browsers without scripts") {
    CHECK(read("<meta http-equiv=Refresh content='0; URL=/next'>").refresh == "/next");
    CHECK(read("<noscript><meta http-equiv=refresh content='0; url=/no'></noscript><p>x").refresh.empty());
    CHECK(read("<meta http-equiv=refresh content=5>").refresh.empty());
}

TEST_CASE("scripts tell where they go, where it stands there as one string") {
    const auto goes_to = [](const std::string& script) {
        return read("<script>" + script + "</script>").scripts.navigates_to;
    };
    CHECK(goes_to("<!--\nwindow.location.href='https://a/b';\n-->") == "https://a/b");
    CHECK(goes_to("location = \"/x\\u0026y\\x3dz\"") == "/x&y=z");
    CHECK(goes_to("document.location.replace('/r');") == "/r");
    CHECK(goes_to("$(function(){ getToContent('/nidp/x', \"c\"); });") == "/nidp/x");
    CHECK(goes_to("// location = '/comment'\n/* location = '/comment' */") == "");
    CHECK(goes_to("var a = 'location = \"/text\"';") == "");
    CHECK(goes_to("location = '/half' + rest;") == "");
    CHECK(goes_to("if (location == '/same') go();") == "");
    CHECK(goes_to("location = \"/never closed") == "/never closed");
}

TEST_CASE("scripts tell that they send a form, also in a timer's text and in onload") {
    CHECK(read("<script>document.forms[0].submit();</script>").scripts.submits_form);
    CHECK(read("<script>setTimeout('document.forms[0].submit()', 0)</script>").scripts.submits_form);
    CHECK(read("<body onload='document.forms[0].submit()'>x").scripts.submits_form);
    CHECK_FALSE(read("<script>var submit = 1;</script>").scripts.submits_form);
    CHECK(read("<script src=x.js></script>").scripts.any);
}

TEST_CASE("the argument of a call is found, and not one of another call") {
    CHECK(argument_of("HRD.selection('AD AUTHORITY'); return false;", "selection") == "AD AUTHORITY");
    CHECK_FALSE(argument_of("HRD.selectionX('a')", "selection"));
    CHECK_FALSE(argument_of("selection(value)", "selection"));
    CHECK_FALSE(argument_of("", "selection"));
}
