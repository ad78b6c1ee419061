#include "markup/script_facts.h"

#include <array>
#include <charconv>

namespace awsfed {

namespace {

enum class Kind { end, word, string, sign };

struct Token {
    Kind kind = Kind::end;
    std::string text; // a string without its quotes
};

bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

// A string ends at the end of its line at the latest: a quote inside a regular expression must not
// swallow the rest of the script.
class Tokens {
public:
    explicit Tokens(std::string_view script) : rest_(script) {}

    Token next() {
        skip_blank();
        if (rest_.empty())
            return {};
        const char c = rest_.front();
        if (is_word_char(c))
            return {Kind::word, std::string(take(word_length()))};
        if (c == '"' || c == '\'' || c == '`')
            return {Kind::string, take_string(c)};
        return {Kind::sign, std::string(take(1))};
    }

private:
    std::string_view take(std::size_t count) {
        const std::string_view taken = rest_.substr(0, count);
        rest_.remove_prefix(taken.size());
        return taken;
    }

    std::size_t word_length() const {
        std::size_t length = 0;
        while (length < rest_.size() && is_word_char(rest_[length]))
            ++length;
        return length;
    }

    void skip_to(std::string_view mark) {
        const std::size_t at = rest_.find(mark);
        rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + mark.size());
    }

    // White space and comments; "<!--" begins a comment in a script too.
    void skip_blank() {
        for (;;) {
            const std::size_t begin = rest_.find_first_not_of(" \t\r\n\f\v");
            rest_.remove_prefix(begin == std::string_view::npos ? rest_.size() : begin);
            if (rest_.starts_with("//") || rest_.starts_with("<!--"))
                skip_to("\n");
            else if (rest_.starts_with("/*"))
                skip_to("*/");
            else
                return;
        }
    }

    std::string take_string(char quote) {
        rest_.remove_prefix(1);
        std::string text;
        while (!rest_.empty() && rest_.front() != quote && (rest_.front() != '\n' || quote == '`')) {
            if (rest_.front() == '\\' && rest_.size() > 1)
                text += take_escape();
            else
                text += take(1);
        }
        if (!rest_.empty() && rest_.front() == quote)
            rest_.remove_prefix(1);
        return text;
    }

    // \xHH and \uHHHH of ASCII characters; any other character stands for itself.
    std::string take_escape() {
        const char kind = rest_[1];
        const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 0;
        unsigned value = 0;
        if (digits != 0 && rest_.size() >= 2 + digits) {
            const char* first = rest_.data() + 2;
            const auto read = std::from_chars(first, first + digits, value, 16);
            if (read.ptr == first + digits && value < 0x80) {
                take(2 + digits);
                return std::string(1, static_cast<char>(value));
            }
        }
        return std::string(take(2).substr(1));
    }

    std::string_view rest_;
};

// The last few tokens, the newest at the back.
class Window {
public:
    void push(Token token) {
        for (std::size_t i = 0; i + 1 < tokens_.size(); ++i)
            tokens_[i] = std::move(tokens_[i + 1]);
        tokens_.back() = std::move(token);
    }
    // Counted from the newest.
    const Token& back(std::size_t index) const { return tokens_[tokens_.size() - 1 - index]; }
    bool word(std::size_t index, std::string_view text) const { return is(index, Kind::word, text); }
    bool sign(std::size_t index, std::string_view text) const { return is(index, Kind::sign, text); }

private:
    bool is(std::size_t index, Kind kind, std::string_view text) const {
        return back(index).kind == kind && back(index).text == text;
    }

    std::array<Token, 6> tokens_;
};

// location = "x"; location.href = "x"; location.replace("x"); location.assign("x"); NetIQ's getToContent("x", ...)
bool goes_somewhere(const Window& seen, std::size_t string) {
    if (seen.sign(string + 1, "="))
        return seen.word(string + 2, "location") ||
               (seen.word(string + 2, "href") && seen.sign(string + 3, ".") && seen.word(string + 4, "location"));
    if (!seen.sign(string + 1, "("))
        return false;
    const bool moves = seen.word(string + 2, "replace") || seen.word(string + 2, "assign");
    return seen.word(string + 2, "getToContent") ||
           (moves && seen.sign(string + 3, ".") && seen.word(string + 4, "location"));
}

void look(const Window& seen, ScriptFacts& facts) {
    const Token& now = seen.back(0);
    if (now.kind == Kind::string && now.text.find(".submit(") != std::string::npos)
        facts.submits_form = true;
    if (seen.sign(0, "(") && seen.word(1, "submit"))
        facts.submits_form = true;
    if (seen.word(0, "PublicKeyCredential"))
        facts.asks_security_key = true;
    if (seen.sign(0, "=") && seen.word(1, "$Config"))
        facts.has_config = true;
    if (seen.sign(0, "=") && seen.word(1, "stateToken"))
        facts.has_state_token = true;
    const bool names_page = seen.sign(1, ":") && (seen.back(2).text == "pgid");
    if (now.kind == Kind::string && names_page && facts.page_id.empty())
        facts.page_id = now.text;
    // With one more token it is known whether the string is the whole of it.
    if (seen.back(1).kind == Kind::string && !seen.sign(0, "+") && facts.navigates_to.empty() &&
        goes_somewhere(seen, 1))
        facts.navigates_to = seen.back(1).text;
}

} // namespace

void read_script(std::string_view script, ScriptFacts& facts) {
    Tokens tokens(script);
    Window seen;
    for (;;) {
        Token token = tokens.next();
        const bool last = token.kind == Kind::end;
        seen.push(std::move(token));
        look(seen, facts);
        if (last)
            return;
    }
}

std::optional<std::string> argument_of(std::string_view script, std::string_view function) {
    Tokens tokens(script);
    Window seen;
    for (;;) {
        Token token = tokens.next();
        if (token.kind == Kind::end)
            return std::nullopt;
        seen.push(std::move(token));
        if (seen.back(0).kind == Kind::string && seen.sign(1, "(") && seen.word(2, function))
            return seen.back(0).text;
    }
}

} // namespace awsfed
