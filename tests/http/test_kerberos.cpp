#include "http/kerberos.h"

#include "http/keytab.h"
#include "temporary_folder.h"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace awsfed;

TEST_CASE("a key's owner is the first of the keytab, or the one that is named") {
    const TemporaryFolder folder;
    const std::string path =
        folder.write("keytab", keytab_of("agent", "TEST.EXAMPLE") + keytab_of("other", "TEST.EXAMPLE").substr(2), 0600);
    CHECK(*kerberos_owner({.keytab = path}) == "agent@TEST.EXAMPLE");
    CHECK(*kerberos_owner({.keytab = path, .principal = "other@TEST.EXAMPLE"}) == "other@TEST.EXAMPLE");
}

TEST_CASE("a keytab that is not there, is none, or has another one's key is refused") {
    const TemporaryFolder folder;
    const auto refused = [](const KerberosTerms& terms) {
        const auto owner = kerberos_owner(terms);
        REQUIRE_FALSE(owner);
        CHECK(owner.error().code == Code::kerberos_keytab_unusable);
        CHECK(owner.error().setting == "kerberos_keytab");
    };
    refused({.keytab = folder.path("none")});
    refused({.keytab = folder.write("text", "no keytab at all", 0600)});
    refused({.keytab = folder.write("empty", "\x05\x02", 0600)});
    refused({.keytab = folder.write("keytab", keytab_of("agent", "TEST.EXAMPLE"), 0600),
             .principal = "other@TEST.EXAMPLE"});
}

TEST_CASE("a ticket cache that is not there is told by its setting") {
    const TemporaryFolder folder;
    const auto owner = kerberos_owner({.cache = "FILE:" + folder.path("none")});
    REQUIRE_FALSE(owner);
    CHECK(owner.error().code == Code::kerberos_no_ticket);
    CHECK(owner.error().setting == "kerberos_cache");

    const auto named = kerberos_owner({.cache = "FILE:" + folder.path("none"), .principal = "agent@TEST.EXAMPLE"});
    REQUIRE_FALSE(named);
    CHECK(named.error().code == Code::kerberos_no_ticket);
}

TEST_CASE("a principal that is none is refused") {
    const TemporaryFolder folder;
    const auto owner = kerberos_owner(
        {.keytab = folder.write("keytab", keytab_of("agent", "TEST.EXAMPLE"), 0600), .principal = "a@b@c"});
    REQUIRE_FALSE(owner);
    CHECK(owner.error().setting == "kerberos_principal");
}

TEST_CASE("who was cancelled asks no KDC") {
    const TemporaryFolder folder;
    Cancel cancel;
    cancel.now();
    const auto ticket =
        KerberosTicket::take({.keytab = folder.write("keytab", keytab_of("agent", "TEST.EXAMPLE"), 0600)},
                             "sts.test.example", std::chrono::seconds(5), cancel);
    REQUIRE_FALSE(ticket);
    CHECK(ticket.error().code == Code::cancelled);
}
