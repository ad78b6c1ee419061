// Plays talks that lie anywhere: play-talks FILE...
#include "talk.h"

#include <fmt/core.h>

#include <exception>

int main(int argc, char** argv) {
    int wrong = 0;
    for (int i = 1; i < argc; ++i) {
        try {
            const std::string why = awsfed::play_talk(argv[i]);
            fmt::print("{} {}\n{}", why.empty() ? "ok" : "FAIL", argv[i], why);
            wrong += why.empty() ? 0 : 1;
        } catch (const std::exception& error) {
            fmt::print("FAIL {}\n{}\n", argv[i], error.what());
            ++wrong;
        }
    }
    return wrong == 0 ? 0 : 1;
}
