#include "policy_page.h"

#include "page_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <string_view>

namespace cli {

namespace {

constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>What the session may do</title>
<style>
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5a6472; --line: #d7dce3; --page: #f5f6f8; --card: #fff; --good: #14632b; --bad: #a11; --odd: #8a5a00; --goodbg: #e3f2e6; --badbg: #fbe6e4; --oddbg: #fbf0d9; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e7ec; --soft: #9aa5b3; --line: #38414d; --page: #14181d; --card: #1d232a; --good: #7fd497; --bad: #ff9d94; --odd: #f0c36a; --goodbg: #16301d; --badbg: #3b1c1a; --oddbg: #352a12; } }
* { box-sizing: border-box; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 100rem; padding: 1.5rem 1rem 3rem; color: var(--ink); background: var(--page); }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; } h2 { font-size: 1.1rem; margin: 0 0 .5rem; } h3 { font-size: .95rem; margin: 1rem 0 .4rem; overflow-wrap: anywhere; }
p { margin: .3rem 0; } .soft { color: var(--soft); }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; align-items: start; margin-top: 1rem; }
.card, .sum { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .7rem .8rem; margin: 0 0 .6rem; }
.card.bad { border-left: .3rem solid var(--bad); } .card.odd { border-left: .3rem solid var(--odd); } .card.good { border-left: .3rem solid var(--good); }
.chip { display: inline-block; border-radius: .8rem; padding: .05rem .6rem; margin: 0 .4rem .1rem 0; font-size: .85rem; font-weight: 600; border: 1px solid currentColor; }
.chip.good { color: var(--good); background: var(--goodbg); } .chip.bad { color: var(--bad); background: var(--badbg); } .chip.odd { color: var(--odd); background: var(--oddbg); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .7rem; margin: .5rem 0 0; } dt { color: var(--soft); } dd { margin: 0; min-width: 0; }
ul { margin: 0; padding: 0; list-style: none; }
code, pre { font: 13px/1.45 ui-monospace, monospace; unicode-bidi: isolate; overflow-wrap: anywhere; white-space: pre-wrap; }
pre { margin: .5rem 0 0; } mark { color: var(--bad); background: var(--badbg); border: 1px solid; border-radius: .2rem; padding: 0 .2rem; }
table { border-collapse: collapse; width: 100%; margin-top: .5rem; } th, td { text-align: left; vertical-align: top; padding: .25rem .5rem .25rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
details { margin: .4rem 0; } summary { cursor: pointer; color: var(--soft); }
@media print { body { background: none; } .card, .sum { break-inside: avoid; } details { display: none; } }
</style>
</head>
<body>
)";

// ---- words ----------------------------------------------------------------------------------

struct Words {
    std::string_view state, colour, meaning;
};
constexpr Words states[] = {{"useful", "good", "is allowed"},
                            {"no_role_allow", "bad", "grants nothing: the role does not allow it"},
                            {"role_denies", "bad", "grants nothing: the role denies it"},
                            {"session_denies", "bad", "grants nothing: the session policy denies it itself"},
                            {"unknown", "odd", "could not be told"}};
constexpr Words labels[] = {
    {"exact", "good", "Exactly this, and nothing else."},
    {"upper", "odd", "At most this: not all of it may be allowed. It cannot be written more closely."},
    {"lower", "odd", "At least this: some more may be allowed. It cannot be written more closely."}};
constexpr Words answers[] = {
    {"yes", "good", "The session policy asks for nothing that the role does not allow."},
    {"no", "odd", "The session policy asks for more than the role allows. AWS grants none of that."}};

template <std::size_t count>
Words words_for(const Words (&table)[count], std::string_view state, std::string_view otherwise) {
    const auto* found = std::ranges::find(table, state, &Words::state);
    return found == std::end(table) ? Words{state, "odd", otherwise} : *found;
}
Words state_words(std::string_view state) { return words_for(states, state, "could not be told"); }

std::string chip(std::string_view colour, std::string_view text) {
    return fmt::format("<span class=\"chip {}\">{}</span>", colour, page_text(text));
}

std::string code(std::string_view text) { return fmt::format("<code>{}</code>", page_text(text)); }

std::string list_of(const PageWords& words) {
    std::string items;
    for (const std::string& word : words)
        items += "<li>" + code(word) + "</li>";
    return "<ul>" + items + "</ul>";
}

std::string entry(std::string_view name, std::string_view html) {
    return fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, html);
}

// ---- statements -----------------------------------------------------------------------------

std::string conditions_of(const PageStatement& one) {
    std::string items;
    for (const PageCondition& condition : one.conditions) {
        const std::string_view between = condition.op.find("Not") == std::string::npos ? " or " : " nor ";
        std::string values;
        for (const std::string& value : condition.values)
            values.append(values.empty() ? "" : between).append(code(value));
        items += fmt::format("<li>{} {} {}</li>", code(condition.key), page_text(condition.op), values);
    }
    return "<ul>" + items + "</ul>";
}

std::string asked_by(const PageStatement& one) {
    std::string entries;
    if (!one.principals.empty())
        entries += entry(one.not_principal ? "everybody but" : "who", list_of(one.principals));
    entries += entry(one.not_action ? "all actions but" : "actions", list_of(one.actions));
    if (!one.resources.empty())
        entries += entry(one.not_resource ? "everything but" : "on", list_of(one.resources));
    if (!one.conditions.empty())
        entries += entry("only if", conditions_of(one));
    return "<dl>\n" + entries + "</dl>\n";
}

std::string title_of(const PageStatement& one, std::size_t number) {
    return fmt::format("{} <span class=\"soft\">statement {}{}{}</span> ",
                       chip(one.effect == "Allow" ? "good" : "bad", one.effect), number, one.sid.empty() ? "" : ", ",
                       page_text(one.sid));
}

std::string card(std::string_view colour, std::string_view html) {
    return fmt::format("<section class=\"card {}\">{}</section>\n", colour, html);
}

std::string raw(const PageDocument& document) {
    return fmt::format("<details><summary>as it is written</summary><pre>{}</pre></details>\n",
                       page_text(document.text));
}

std::string heading(const PageDocument& document) {
    return document.name.empty() ? "" : fmt::format("<h3>{}</h3>\n", page_text(document.name));
}

std::string unreadable(const PageDocument& document) {
    return document.statements.empty() ? card("", "<p>No statement: it allows nothing.</p>") : "";
}

std::string plain_document(const PageDocument& document) {
    std::string html = heading(document) + unreadable(document);
    for (std::size_t i = 0; i < document.statements.size(); ++i)
        html += card("", title_of(document.statements[i], i + 1) + asked_by(document.statements[i]));
    return html + raw(document);
}

// ---- what becomes of the session's statements -----------------------------------------------

struct Outcome {
    std::size_t useful = 0, dead = 0, unknown = 0;
};
Outcome outcome_of(const PageJudgement& judged) {
    Outcome outcome;
    const auto count = [&](std::string_view state) {
        if (state == "useful")
            ++outcome.useful;
        else if (state_words(state).colour == "bad")
            ++outcome.dead;
        else
            ++outcome.unknown;
    };
    if (judged.parts.empty())
        count(judged.state);
    for (const PagePart& part : judged.parts)
        count(part.state);
    return outcome;
}

std::string dead_parts(const PageJudgement& judged) {
    std::string rows;
    for (const PagePart& part : judged.parts)
        if (part.state != "useful")
            rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", code(part.action), code(part.resource),
                                page_text(state_words(part.state).meaning));
    return rows.empty() ? "" : "<table>\n<tr><th>action</th><th>on</th><th></th></tr>\n" + rows + "</table>\n";
}

std::string judged_statement(const PageStatement& one, std::size_t number, const PageJudgement* judged) {
    if (judged == nullptr)
        return card("", title_of(one, number) + asked_by(one));
    const Outcome outcome = outcome_of(*judged);
    std::string html = title_of(one, number);
    std::string_view colour = "good";
    if (outcome.dead == 0 && outcome.unknown == 0) {
        html += chip("good", one.effect == "Deny" ? "takes away" : "useful");
    } else if (outcome.useful == 0 && outcome.unknown == 0) {
        colour = "bad";
        html += chip("bad", "grants nothing");
    } else {
        colour = "odd";
        html += chip("odd", outcome.dead == 0 ? "could not be told" : "useful in part");
    }
    if (judged->redundant)
        html += chip("odd", "redundant");
    html += asked_by(one);
    if (judged->parts.empty() && colour == "bad")
        html += fmt::format("<p>{}</p>\n", page_text(state_words(judged->state).meaning));
    if (judged->redundant)
        html += "<p class=\"soft\">Without it the session may do the same.</p>\n";
    return card(colour, html + dead_parts(*judged));
}

const PageJudgement* judgement_of(const PolicyPage& page, std::size_t policy, std::size_t statement) {
    const auto found = std::ranges::find_if(
        page.judgements, [&](const PageJudgement& one) { return one.policy == policy && one.statement == statement; });
    return found == page.judgements.end() ? nullptr : &*found;
}

// ---- the columns ----------------------------------------------------------------------------

std::string request_table(const PageRequest& request) {
    std::string entries = entry("action", code(request.action)) + entry("on", code(request.resource));
    for (const auto& [key, values] : request.context)
        entries += entry(code(key), list_of(values));
    return "<dl>\n" + entries + "</dl>\n";
}

std::string witness(const std::optional<PageRequest>& request, std::string_view what) {
    return request ? fmt::format("<p>{}</p>\n{}", what, request_table(*request)) : "";
}

std::string role_column(const PolicyPage& page) {
    std::string html = "<div>\n<h2>The role</h2>\n";
    for (const PageDocument& document : page.role)
        html += plain_document(document);
    return html + "</div>\n";
}

std::string session_column(const PolicyPage& page) {
    std::string html = "<div>\n<h2>The session policy</h2>\n";
    for (std::size_t i = 0; i < page.session.size(); ++i) {
        const PageDocument& document = page.session[i];
        html += heading(document) + unreadable(document);
        for (std::size_t k = 0; k < document.statements.size(); ++k)
            html += judged_statement(document.statements[k], k + 1, judgement_of(page, i, k));
        html += raw(document);
    }
    return html + "</div>\n";
}

std::string left_column(const PolicyPage& page) {
    const Words words = words_for(labels, page.left.label, "Could not be told.");
    std::string html = fmt::format("{}<p>{}</p>\n", chip(words.colour, page.left.label), words.meaning);
    if (!page.left.why.empty())
        html += fmt::format("<p class=\"soft\">{}</p>\n", page_text(page.left.why));
    html += witness(page.left.witness, "For example, this is not told rightly:");
    return "<div>\n<h2>What is left: both allow it</h2>\n" + card(words.colour, html) +
           plain_document(page.left.document) + "</div>\n";
}

std::string summary(const PolicyPage& page) {
    std::size_t useful = 0;
    std::size_t dead = 0;
    std::size_t redundant = 0;
    for (const PageJudgement& one : page.judgements) {
        const Outcome outcome = outcome_of(one);
        useful += outcome.useful != 0 ? 1 : 0;
        dead += outcome.useful == 0 && outcome.unknown == 0 ? 1 : 0;
        redundant += one.redundant ? 1 : 0;
    }
    const Words within = words_for(answers, page.within_role.answer,
                                   "Whether the session policy stays within the role could not be told.");
    std::string html = fmt::format(
        "<p>{} of {} statements of the session policy are useful, {} grant nothing, {} are redundant.</p>\n", useful,
        page.judgements.size(), dead, redundant);
    html +=
        fmt::format("<p>Within the role? {} {}</p>\n", chip(within.colour, page.within_role.answer), within.meaning);
    if (!page.within_role.why.empty())
        html += fmt::format("<p class=\"soft\">{}</p>\n", page_text(page.within_role.why));
    html += witness(page.within_role.witness, "For example:");
    return fmt::format("<div class=\"sum\">{}</div>\n", html);
}

std::string foot(const PolicyPage& page) {
    std::string html = "<p class=\"soft\">AWS allows what the role and the session policy both allow, unless either "
                       "denies it. Boundaries, "
                       "organisation and resource policies are not looked at.";
    if (!page.data_date.empty())
        html += fmt::format(" Actions are known as of {}.", page_text(page.data_date));
    return html + "</p>\n";
}

} // namespace

std::string policy_page(const PolicyPage& page) {
    return std::string(head) + "<h1>What the session may do</h1>\n" + summary(page) + "<main>\n" + role_column(page) +
           session_column(page) + left_column(page) + "</main>\n" + foot(page) + "</body>\n</html>\n";
}

} // namespace cli
