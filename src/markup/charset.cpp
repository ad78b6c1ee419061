#include "markup/charset.h"

#include "base/text.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace awsfed {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

// The labels of the WHATWG Encoding Standard that are still met, and what iconv calls them. Closed, so
// that a page cannot make iconv load whatever converter it names.
const char* iconv_name(std::string_view label) {
    constexpr std::array<std::pair<std::string_view, const char*>, 22> names{{
        {"iso-8859-1", "WINDOWS-1252"},
        {"latin1", "WINDOWS-1252"},
        {"us-ascii", "WINDOWS-1252"},
        {"ascii", "WINDOWS-1252"},
        {"windows-1252", "WINDOWS-1252"},
        {"cp1252", "WINDOWS-1252"},
        {"iso-8859-2", "ISO-8859-2"},
        {"iso-8859-15", "ISO-8859-15"},
        {"windows-1250", "WINDOWS-1250"},
        {"windows-1251", "WINDOWS-1251"},
        {"windows-1254", "WINDOWS-1254"},
        {"iso-8859-9", "WINDOWS-1254"},
        {"koi8-r", "KOI8-R"},
        {"shift_jis", "CP932"},
        {"euc-jp", "EUC-JP"},
        {"gb2312", "GB18030"},
        {"gbk", "GB18030"},
        {"gb18030", "GB18030"},
        {"big5", "BIG5"},
        {"euc-kr", "CP949"},
        {"ks_c_5601-1987", "CP949"},
        {"windows-1253", "WINDOWS-1253"},
    }};
    const auto found = std::ranges::find(names, label, &std::pair<std::string_view, const char*>::first);
    return found == names.end() ? nullptr : found->second;
}

Secret mended_utf8(std::string_view bytes) {
    if (is_utf8(bytes))
        return Secret(bytes);
    Secret out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        std::size_t length = 1;
        while (length <= 4 && !is_utf8(bytes.substr(0, length)))
            ++length;
        const bool read = length <= 4;
        out.append(read ? bytes.substr(0, length) : replacement);
        bytes.remove_prefix(read ? std::min(length, bytes.size()) : 1);
    }
    return out;
}

class Converter {
public:
    explicit Converter(const char* from) : handle_(iconv_open("UTF-8", from)) {}
    ~Converter() {
        if (works())
            iconv_close(handle_);
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    // POSIX has iconv_open fail with the pointer -1.
    bool works() const { return handle_ != reinterpret_cast<iconv_t>(-1); } // NOLINT(performance-no-int-to-ptr)

    Secret convert(std::string_view bytes) {
        Secret out;
        std::size_t rest = bytes.size();
        char* in = const_cast<char*>(bytes.data()); // iconv's old signature; it only reads
        while (rest != 0) {
            std::array<char, 4096> buffer;
            char* place = buffer.data();
            std::size_t room = buffer.size();
            const bool broken =
                iconv(handle_, &in, &rest, &place, &room) == static_cast<std::size_t>(-1) && errno != E2BIG;
            out.append(std::string_view(buffer.data(), buffer.size() - room));
            if (broken && rest != 0) {
                out.append(replacement);
                ++in;
                --rest;
            }
        }
        return out;
    }

private:
    iconv_t handle_;
};

} // namespace

std::string charset_parameter(std::string_view media_type) {
    const std::string text = lower_ascii(media_type);
    const std::size_t found = text.find("charset");
    if (found == text.npos)
        return {};
    std::string_view rest = trimmed(std::string_view(text).substr(found + 7));
    if (!rest.starts_with('='))
        return {};
    rest = trimmed(rest.substr(1));
    if (!rest.empty() && (rest.front() == '"' || rest.front() == '\''))
        return std::string(trimmed(rest.substr(1, rest.find(rest.front(), 1) - 1)));
    return std::string(rest.substr(0, rest.find_first_of("; \t")));
}

Secret converted_to_utf8(std::string_view bytes, std::string_view charset) {
    if (const char* name = iconv_name(charset)) {
        Converter converter(name);
        if (converter.works())
            return converter.convert(bytes);
    }
    return mended_utf8(bytes);
}

} // namespace awsfed
