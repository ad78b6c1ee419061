// The fake identity provider and STS as a program, for tests of programs: prints its two URLs, and
// serves until its standard input ends.
#include "fakes/identity_provider.h"

#include <cstdio>

int main() {
    awsfed::FakeIdentityProvider host;
    host.start();
    std::printf("%s %s\n", host.start_url().c_str(), host.sts_url().c_str());
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    return 0;
}
