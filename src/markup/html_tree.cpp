// read_tree: the only file that includes libxml2's HTML parser.
#include "markup/html_tree.h"

#include "base/limits.h"
#include "markup/charset.h"
#include "markup/tag_scan.h"

#include <libxml/HTMLparser.h>

#include <new>

namespace awsfed::html {

namespace {

struct FreeParser {
    void operator()(htmlParserCtxt* context) const { htmlFreeParserCtxt(context); }
};

bool is_html_type(std::string_view content_type) {
    const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
    return type.empty() || equal_ignoring_case(type, "text/html") || equal_ignoring_case(type, "application/xhtml+xml");
}

Result<void> check_before_parsing(std::string_view html, std::string_view content_type) {
    if (html.size() > page_bytes_max)
        return fail(Code::answer_too_large, "The page has {} bytes; {} are the most that awsfed reads.", html.size(),
                    page_bytes_max);
    if (!is_html_type(content_type))
        return fail(Code::page_unknown, "The answer is of the type \"{}\", not an HTML page.",
                    printable(content_type, 80));
    if (html.find('\0') != html.npos)
        return fail(Code::page_unknown, "The answer holds NUL bytes, as no HTML page does.");
    if (has_endless_tag(html))
        return fail(Code::page_unknown, "The page has a tag with more than {} attributes.", html_attributes_max);
    return {};
}

Result<Document> parse(std::string_view utf8) {
    const std::unique_ptr<htmlParserCtxt, FreeParser> context(htmlNewParserCtxt());
    if (!context)
        throw std::bad_alloc();
    const int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET;
    Document document(
        htmlCtxtReadMemory(context.get(), utf8.data(), static_cast<int>(utf8.size()), nullptr, "UTF-8", options));
    // The parser gives up at a depth of 256 and would hand out the first half of the page.
    if (context->disableSAX != 0)
        return fail(Code::page_unknown, "The page is nested too deeply, or broken beyond reading.");
    return document;
}

// The character set that the page itself names.
std::string meta_charset(const xmlDoc* document) {
    std::string charset;
    for_each_element(document, [&](const xmlNode* node) {
        if (!is(node, "meta") || !charset.empty())
            return;
        charset = attribute_word(node, "charset");
        if (charset.empty() && attribute_word(node, "http-equiv") == "content-type")
            charset = charset_parameter(attribute_text(node, "content"));
    });
    return charset;
}

} // namespace

Result<Document> read_tree(std::string_view html, std::string_view content_type) {
    AWSFED_CHECK(check_before_parsing(html, content_type));
    std::string charset = charset_parameter(content_type);
    if (html.starts_with("\xEF\xBB\xBF")) {
        html.remove_prefix(3);
        charset = "utf-8";
    }
    // Converted here, since libxml2's own conversion prints broken bytes to stderr, whatever its options.
    Secret converted = converted_to_utf8(html, charset);
    AWSFED_TRY(Document document, parse(converted.reveal()));
    if (charset.empty() && !is_utf8(html)) {
        converted = converted_to_utf8(html, meta_charset(document.get()));
        AWSFED_TRY(document, parse(converted.reveal()));
    }
    return document;
}

} // namespace awsfed::html
