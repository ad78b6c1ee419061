#include "aws/signing_key.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace awsfed;

namespace {

constexpr std::string_view secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr std::string_view scope = "20150830/us-east-1/iam/aws4_request";

std::string derived(std::string_view secret_access_key, std::string_view wanted) {
    Sha256 hash;
    return hex(derive_signing_key(hash, secret_access_key, wanted).digest());
}

std::string cached(SigningKeyCache& cache, std::string_view secret_access_key, std::string_view wanted) {
    Sha256 hash;
    return hex(cache.key(hash, secret_access_key, wanted).digest());
}

// Waits for the child; what it returned.
int status_of(pid_t child) {
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

TEST_CASE("a signing key is the one that AWS's documentation derives") {
    CHECK(derived(secret, scope) == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

TEST_CASE("a cached key is the derived one, the first time and the second") {
    SigningKeyCache cache;
    CHECK(cached(cache, secret, scope) == derived(secret, scope));
    CHECK(cached(cache, secret, scope) == derived(secret, scope));
}

TEST_CASE("a cached key is for its own secret, day, region and service alone") {
    SigningKeyCache cache;
    cached(cache, secret, scope);
    for (const std::string_view other :
         {"20150831/us-east-1/iam/aws4_request", "20150830/us-east-2/iam/aws4_request",
          "20150830/us-east-1/sts/aws4_request", "20150830/us-east-1i/am/aws4_request"}) {
        CAPTURE(other);
        CHECK(cached(cache, secret, other) == derived(secret, other));
    }
    CHECK(cached(cache, "wJalr", scope) == derived("wJalr", scope));
    CHECK(cached(cache, secret, scope) == derived(secret, scope));
}

TEST_CASE("a cache holds few keys, and is right beyond") {
    SigningKeyCache cache;
    for (int round = 0; round < 2; ++round) {
        for (std::size_t i = 0; i < SigningKeyCache::keys_max * 3; ++i) {
            const std::string other = "20150830/us-east-" + std::to_string(i) + "/sts/aws4_request";
            CHECK(cached(cache, secret, other) == derived(secret, other));
        }
    }
}

TEST_CASE("many threads share a cache, and each gets its own key") {
    SigningKeyCache cache;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            for (std::size_t i = 0; i < 200; ++i) {
                const std::string mine = "20150830/r" + std::to_string((thread + i) % 12) + "/sts/aws4_request";
                wrong += cached(cache, secret, mine) != derived(secret, mine);
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(wrong == 0);
}

TEST_CASE("a forked child has right keys too, though the parent's are gone from its memory") {
    SigningKeyCache cache;
    cached(cache, secret, scope);
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(cached(cache, secret, scope) == derived(secret, scope) ? 0 : 1);
    CHECK(status_of(child) == 0);
    CHECK(cached(cache, secret, scope) == derived(secret, scope));
}

TEST_CASE("a child that is forked while another thread changes the cache does not wait for it") {
    SigningKeyCache cache;
    std::atomic<bool> stop = false;
    std::thread other([&] {
        for (std::size_t i = 0; !stop; ++i)
            cached(cache, secret, "20150830/r" + std::to_string(i) + "/sts/aws4_request");
    });
    for (int i = 0; i < 20; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::alarm(10); // a child that waits is ended, and fails the check
            ::_exit(cached(cache, secret, scope) == derived(secret, scope) ? 0 : 1);
        }
        CHECK(status_of(child) == 0);
    }
    stop = true;
    other.join();
}
