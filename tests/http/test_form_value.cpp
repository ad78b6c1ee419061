#include "http/form_value.h"

#include <doctest/doctest.h>

using namespace awsfed;

TEST_CASE("a field of a posted form is decoded") {
    CHECK(form_value("SAMLResponse=PHA%2B%3D", "SAMLResponse")->equals("PHA+="));
    CHECK(form_value("RelayState=a%26b&SAMLResponse=x", "SAMLResponse")->equals("x"));
    CHECK(form_value("a=1+2&b", "a")->equals("1 2"));
    CHECK(form_value("a=1&b", "b")->equals(""));
}

TEST_CASE("a field that is missing, or there twice, is none") {
    CHECK_FALSE(form_value("RelayState=x", "SAMLResponse"));
    CHECK_FALSE(form_value("", "SAMLResponse"));
    CHECK_FALSE(form_value("SAMLResponse=x&SAMLResponse=x", "SAMLResponse"));
    CHECK_FALSE(form_value("SAMLResponse=x&SAML%52esponse=y", "SAMLResponse"));
}
