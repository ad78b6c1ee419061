// Mutations of XML as text: what forgers do to signed messages. Elements move, double and wrap each other, attributes
// and texts are exchanged, names get other prefixes, comments and CDATA get in between. Bytes are flipped as well, by
// libFuzzer itself.
#include "fuzz/fuzz.h"

#include <random>
#include <utility>

extern "C" size_t LLVMFuzzerMutate(std::uint8_t* data, size_t size, size_t max_size);

namespace {

struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;

    std::size_t size() const { return end - begin; }
    std::string in(const std::string& text) const { return text.substr(begin, size()); }
};

struct Element {
    Range all;
    Range start_tag;
};

// What looks like elements, attribute values and texts. Malformed input only makes odd pieces.
struct Pieces {
    std::vector<Element> elements;
    std::vector<Range> attributes; // name="value"
    std::vector<Range> values;     // of attributes, without quotes
    std::vector<Range> texts;      // between two tags, not empty

    explicit Pieces(const std::string& xml) {
        std::vector<Element> open;
        for (std::size_t at = xml.find('<'); at != xml.npos;) {
            const std::size_t end = std::min(xml.find('>', at), xml.size() - 1) + 1;
            if (xml.compare(at, 2, "</") == 0) {
                if (!open.empty()) {
                    open.back().all.end = end;
                    elements.push_back(open.back());
                    open.pop_back();
                }
            } else if (at + 1 < xml.size() && xml[at + 1] != '!' && xml[at + 1] != '?') {
                const Range tag{at, end};
                take_attributes(xml, tag);
                if (end >= 2 && xml[end - 2] == '/')
                    elements.push_back({tag, tag});
                else
                    open.push_back({tag, tag});
            }
            const std::size_t next = xml.find('<', end);
            if (next != xml.npos && next > end)
                texts.push_back({end, next});
            at = next;
        }
    }

private:
    void take_attributes(const std::string& xml, Range tag) {
        for (std::size_t at = tag.begin; (at = xml.find('=', at)) < tag.end; ++at) {
            const char quote = at + 1 < xml.size() ? xml[at + 1] : '\0';
            const std::size_t name = xml.find_last_of(" \t\r\n", at);
            const std::size_t end = quote == '"' || quote == '\'' ? xml.find(quote, at + 2) : xml.npos;
            if (end >= tag.end || name == xml.npos || name < tag.begin)
                continue;
            attributes.push_back({name + 1, end + 1});
            values.push_back({at + 2, end});
            at = end;
        }
    }
};

constexpr std::size_t long_message = 40'000;

class Mutation {
public:
    Mutation(std::string xml, unsigned seed) : xml_(std::move(xml)), random_(seed) {}

    std::string run() {
        for (std::size_t round = pick(3) + 1; round > 0; --round)
            one();
        return std::move(xml_);
    }

    // A piece of one message in another one.
    std::string graft(const std::string& from) {
        const Pieces source(from);
        if (source.elements.empty())
            return std::move(xml_);
        insert(place(), any(source.elements).all.in(from));
        return std::move(xml_);
    }

private:
    std::size_t pick(std::size_t below) { return random_() % below; }
    template <class T>
    const T& any(const std::vector<T>& from) {
        return from[pick(from.size())];
    }

    void insert(std::size_t at, const std::string& text) { xml_.insert(std::min(at, xml_.size()), text); }
    void replace(Range range, const std::string& text) { xml_.replace(range.begin, range.size(), text); }

    // Before, behind, or first or last in an element.
    std::size_t place() {
        const Pieces now(xml_);
        if (now.elements.empty())
            return pick(xml_.size() + 1);
        const Element& element = any(now.elements);
        switch (pick(4)) {
        case 0: return element.all.begin;
        case 1: return element.all.end;
        case 2: return element.start_tag.end;
        default: return std::min(xml_.rfind('<', element.all.end - 1), xml_.size());
        }
    }

    void one() {
        const Pieces now(xml_);
        if (now.elements.empty() || now.values.empty() || now.texts.empty())
            return;
        const Element& element = any(now.elements);
        const std::string copy = element.all.in(xml_);
        // Messages that only grow make everything slow, and show nothing that a short one does not.
        switch (xml_.size() > long_message ? 2 : pick(15)) {
        case 0: return insert(place(), copy);
        case 1: replace(element.all, ""); return insert(place(), copy);
        case 2: return replace(element.all, "");
        case 3: return wrap(element, any(now.elements), copy);
        case 4: return swap(element.all, any(now.elements).all);
        case 5: return swap(any(now.values), any(now.values));
        case 6: return swap(any(now.texts), any(now.texts));
        case 7: return replace(any(now.values), any(now.values).in(xml_)); // doubles an ID, as a rule some time
        case 8: return insert(element.start_tag.begin + name_size(element), " " + any(now.attributes).in(xml_));
        case 9: return replace(any(now.attributes), "");
        case 10: return insert(inside(any(now.texts)), any(markup()));
        case 11: return as_reference(any(now.texts));
        case 12: return rename(element, any(now.elements));
        case 13: return replace(any(now.texts), any(now.values).in(xml_));
        default: return nest_signed(now);
        }
    }

    static const std::vector<std::string>& markup() {
        static const std::vector<std::string> pieces{
            "<!---->",         "<!--x-->", "<?x y?>", "<![CDATA[]]>", "<![CDATA[x]]>", "&amp;", "&#65;", "&#x41;",
            "<x xmlns=\"\"/>", "<x:y/>",   " ",       "\n",           "\r\n",          "&#13;", "]]>",   "&x;"};
        return pieces;
    }

    std::size_t inside(Range range) { return range.begin + pick(range.size() + 1); }
    std::size_t name_size(const Element& element) const {
        return std::min(xml_.find_first_of(" \t\r\n/>", element.all.begin), element.start_tag.end) - element.all.begin;
    }
    std::string name_of(const Element& element) const {
        return xml_.substr(element.all.begin + 1, name_size(element) - 1);
    }

    // The start tag of another element around this one.
    void wrap(const Element& element, const Element& around, const std::string& copy) {
        std::string tag = around.start_tag.in(xml_);
        if (tag.ends_with("/>"))
            tag.erase(tag.size() - 2, 1);
        const std::string name = name_of(around);
        replace(element.all, tag + copy + "</" + name + ">");
    }

    void swap(Range a, Range b) {
        if (a.begin > b.begin)
            std::swap(a, b);
        if (a.end > b.begin)
            return;
        const std::string first = a.in(xml_);
        const std::string second = b.in(xml_);
        replace(b, first);
        replace(a, second);
    }

    // The name of another element, prefix and all or only one of the two.
    void rename(const Element& element, const Element& other) {
        const std::string mine = name_of(element);
        std::string name = name_of(other);
        const auto local = [](const std::string& full) { return full.substr(full.find(':') + 1); };
        if (pick(2) == 0)
            name = name.substr(0, name.size() - local(name).size()) + local(mine);
        const std::size_t close = xml_.rfind("</" + mine, element.all.end);
        if (close != xml_.npos && close > element.start_tag.begin && element.all.end != element.start_tag.end)
            xml_.replace(close + 2, mine.size(), name);
        xml_.replace(element.all.begin + 1, mine.size(), name);
    }

    void as_reference(Range text) {
        const std::size_t at = text.begin + pick(text.size());
        const auto byte = static_cast<unsigned char>(xml_[at]);
        if (byte < 0x80 && byte != '&' && byte != ';')
            xml_.replace(at, 1, pick(2) == 0 ? fmt::format("&#{};", byte) : fmt::format("&#x{:x};", byte));
    }

    // The old trick in one step: an altered copy of the signed element, and the original within or beside it.
    void nest_signed(const Pieces& now) {
        std::vector<Element> whole;
        for (const Element& element : now.elements) {
            if (element.start_tag.in(xml_).find(" ID=") != std::string::npos)
                whole.push_back(element);
        }
        if (whole.empty())
            return;
        const Element& chosen = any(whole);
        const std::string original = chosen.all.in(xml_);
        const std::string altered = Mutation(original, static_cast<unsigned>(random_())).run();
        replace(chosen.all, altered);
        const std::size_t within = chosen.all.begin + pick(altered.size() + 1);
        insert(pick(3) == 0 ? place() : std::min(xml_.find('<', within), xml_.size()), original);
    }

    std::string xml_;
    std::mt19937 random_;
};

std::size_t give(const std::string& text, std::uint8_t* data, std::size_t max_size) {
    const std::size_t size = std::min(text.size(), max_size);
    std::copy_n(text.begin(), size, data);
    return size;
}

} // namespace

extern "C" size_t LLVMFuzzerCustomMutator(std::uint8_t* data, size_t size, size_t max_size, unsigned seed) {
    const std::string text(fuzz::view(data, size));
    if (seed % 4 == 0 || text.find('<') == text.npos)
        return LLVMFuzzerMutate(data, size, max_size);
    return give(Mutation(text, seed).run(), data, max_size);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* data1, size_t size1, const std::uint8_t* data2,
                                            size_t size2, std::uint8_t* out, size_t max_out, unsigned seed) {
    return give(Mutation(std::string(fuzz::view(data1, size1)), seed).graft(std::string(fuzz::view(data2, size2))), out,
                max_out);
}
