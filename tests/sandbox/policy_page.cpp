// policy-page: from an explanation of policies as JSON, on standard input, to its page.
#include "policy_page.h"

#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <iostream>
#include <iterator>

int main() {
    try {
        const std::string json(std::istreambuf_iterator<char>(std::cin), {});
        fmt::print("{}", cli::policy_page(cli::policy_page_of(json)));
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "policy-page: {}\n", error.what());
        return 1;
    }
}
