#include "vectors/report.h"

#include <fstream>
#include <iterator>

namespace vectors {

std::optional<std::string> read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string text_of_file(const std::filesystem::path& path) { return read_file(path).value_or(""); }

} // namespace vectors
