// Kerberos that is opened at run time: test_kerberos.cpp is run with it too, in a program that is not linked to it.
#include "http/kerberos_opened.h"

#include "http/kerberos.h"

#include <doctest/doctest.h>

using namespace awsfed;
using kerberos::open_kerberos;

TEST_CASE("Kerberos that is not there is an error that names the file and the packages") {
    const auto opened = open_kerberos({.gssapi = "libawsfed-no-gssapi.so.2"});
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Code::kerberos_failed);
    CHECK(opened.error().message.find("libawsfed-no-gssapi.so.2") != std::string::npos);
    CHECK(opened.error().advice.find("krb5-libs") != std::string::npos);
}

TEST_CASE("a library without the functions that are wanted is refused, and one of them is named") {
    const auto opened = open_kerberos({.gssapi = "libkrb5.so.3"});
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Code::kerberos_failed);
    CHECK(opened.error().message.find("libkrb5.so.3 is too old, or not MIT's: it has no gss_") != std::string::npos);
}

TEST_CASE("what has been opened stays so when an attempt fails") {
    REQUIRE(open_kerberos({}));
    REQUIRE_FALSE(open_kerberos({.krb5 = "libgssapi_krb5.so.2", .gssapi = "libkrb5.so.3"}));
    const auto owner = kerberos_owner({.keytab = "/dev/null"});
    REQUIRE_FALSE(owner);
    CHECK(owner.error().code == Code::kerberos_keytab_unusable);
}
