// What the fuzz targets share: seeds and keys from the tree, and the way to say that a promise was broken.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

// libFuzzer keeps the input of a process that ends so.
inline void require(bool holds, std::string_view promise, std::string_view detail = {}) {
    if (holds)
        return;
    fmt::print(stderr, "broken: {}\n{}\n", promise, detail);
    std::abort();
}

// One input, by the clock of this process: libFuzzer's own limit is one of wall time, and finds a busy machine.
class Stopwatch {
public:
    ~Stopwatch() { require(seconds() - started_ < seconds_max, "every reader is quick"); }

private:
    static constexpr double seconds_max = 5; // under sanitizers
    static double seconds() {
        timespec used{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
        return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
    }

    double started_ = seconds();
};

inline std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    require(file.good(), "a file of the corpus can be read", path.native());
    return {std::istreambuf_iterator<char>(file), {}};
}

// In a fixed order. Never none: a folder that is not found would make every comparison with its files empty.
inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        files.push_back(entry.path());
    std::ranges::sort(files);
    require(!files.empty(), "a folder of the corpus holds files", folder.native());
    return files;
}

inline std::string_view view(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size}; // NOLINT: libFuzzer hands out bytes
}

} // namespace fuzz
