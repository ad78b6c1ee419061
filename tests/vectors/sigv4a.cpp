// SigV4a: the form of aws-c-auth, with public-key.json. A signature is another one each time, so the one in the files
// and ours are both verified over our string to sign. Two cases of the suite have a request alone: of these only our
// own signatures are verified, by the derived key.
#include "vectors/json_tree.h"
#include "vectors/report.h"
#include "vectors/signable.h"

#include "aws/sigv4a.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace vectors {

namespace {

// Of two hexadecimal digits each; empty when it is anything else.
std::optional<std::string> bytes_of_hex(std::string_view text) {
    if (text.size() % 2 != 0 || text.find_first_not_of("0123456789abcdefABCDEF") != text.npos)
        return std::nullopt;
    std::string bytes;
    for (; !text.empty(); text.remove_prefix(2))
        bytes += static_cast<char>(std::stoi(std::string(text.substr(0, 2)), nullptr, 16));
    return bytes;
}

std::optional<awsfed::P256Key::Point> read_public_key(const std::filesystem::path& file) {
    const std::optional<Json> json = Json::read(file);
    awsfed::P256Key::Point point{};
    for (const auto& [name, number] : {std::pair{"X", &point.x}, std::pair{"Y", &point.y}}) {
        const auto bytes = json ? bytes_of_hex((*json)[name].text()) : std::nullopt;
        if (!bytes || bytes->size() != number->size())
            return std::nullopt;
        std::ranges::copy(*bytes, number->begin());
    }
    return point;
}

// One of the two ways to sign: "header" or "query".
struct Way {
    const std::filesystem::path& folder;
    std::string name;

    std::string expected(const char* what) const { return expected_text(folder / (name + what)); }
    bool is_there() const { return !expected("-canonical-request.txt").empty(); }
};

void judge(Case& test, const Way& way, const awsfed::P256Key::Point& key, const awsfed::Signature& got) {
    compare_texts(test, {way.expected("-canonical-request.txt"), way.expected("-string-to-sign.txt")}, got);
    const auto is_good = [&](std::string_view signature) {
        const auto bytes = bytes_of_hex(signature);
        return bytes && awsfed::p256_verifies(key, got.string_to_sign, *bytes);
    };
    if (const std::string signature = way.expected("-signature.txt"); !signature.empty())
        test.is_true(way.name + ": the signature in the file is good", is_good(signature));
    test.is_true(way.name + ": our signature is good", is_good(got.hex));
}

std::string without_signature(std::string_view query) {
    return std::string(query.substr(0, query.rfind("&X-Amz-Signature=")));
}

void judge_headers(Case& test, const Way& way, const awsfed::P256Key::Point& key, const Signable& what) {
    const auto views = what.header_views();
    const auto got =
        awsfed::sign_headers_v4a(what.request(views), what.keys(), {what.region, what.service, what.time}, what.rules);
    if (!got)
        return test.fail("a signature in headers", got.error().message);
    judge(test, way, key, got->signature);
    const std::string request = way.expected("-signed-request.txt");
    const std::string_view authorization = got->secret_headers.back().second.reveal();
    const std::string_view before = authorization.substr(0, authorization.rfind("Signature="));
    if (!request.empty())
        test.is_true("the authorization is that of the signed request",
                     request.find("\nAuthorization:" + std::string(before)) != request.npos);
}

void judge_query(Case& test, const Way& way, const awsfed::P256Key::Point& key, const Signable& what) {
    const auto views = what.header_views();
    const auto got = awsfed::sign_query_v4a(what.request(views), what.keys(), {what.region, what.service, what.time},
                                            what.lifetime, what.rules);
    if (!got)
        return test.fail("a signature in the query", got.error().message);
    judge(test, way, key, got->signature);
    Signable wanted;
    read_request(way.expected("-signed-request.txt"), wanted);
    if (!wanted.query.empty())
        compare_query(test, without_signature(wanted.query), without_signature(got->query.reveal()));
}

void run_case(const std::filesystem::path& folder, Report& report) {
    Case test(report, (folder.has_filename() ? folder : folder.parent_path()).filename().string());
    const std::optional<Signable> what = read_c_auth(folder);
    if (!what)
        return test.fail("a readable context.json", "none");
    const awsfed::P256Key::Point own =
        awsfed::signing_key_v4a(what->access_key_id, what->secret_access_key).public_point();
    const Way header{folder, "header"};
    const Way query{folder, "query"};
    const bool has_texts = header.is_there() || query.is_there();
    const auto key = has_texts ? read_public_key(folder / "public-key.json") : own;
    if (!key)
        return test.fail("a readable public-key.json", "none");
    test.is_true("the derived key is that of public-key.json", own.x == key->x && own.y == key->y);
    if (header.is_there() || !has_texts)
        judge_headers(test, header, *key, *what);
    if (query.is_there() || !has_texts)
        judge_query(test, query, *key, *what);
}

} // namespace

void run_sigv4a(const std::filesystem::path& path, Report& report) {
    if (!std::filesystem::is_directory(path))
        return;
    if (std::filesystem::exists(path / "context.json"))
        return run_case(path, report);
    std::vector<std::filesystem::path> folders;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
        if (entry.is_directory())
            folders.push_back(entry.path());
    }
    std::ranges::sort(folders);
    for (const std::filesystem::path& folder : folders)
        run_sigv4a(folder, report);
}

} // namespace vectors
