#include "sandbox/status_page.h"

#include <algorithm>

namespace awsfed::sandbox {

namespace {

constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>awsfed-sandbox</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: #1c2430; background: #fff; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .3rem 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #d7dce3; overflow-wrap: anywhere; }
th { font-weight: 600; white-space: nowrap; } .n { white-space: nowrap; } .w { width: 45%; }
code { font: 13px/1.4 ui-monospace, monospace; }
.ok { color: #14632b; } .no { color: #a11; font-weight: 600; }
ul { margin: 0; padding: 0; list-style: none; }
</style>
</head>
<body>
<h1>awsfed-sandbox</h1>
<p>A sign-in and an STS for tests, on this machine only. It proves nothing about signatures: what signs and what checks is one program.</p>
)";

std::string row(std::string_view name, std::string_view value) {
    return fmt::format("<tr><th scope=\"row\">{}</th><td><code>{}</code></td></tr>\n", name, escaped(value));
}

std::string places_table(const Places& places) {
    return fmt::format("<h2>Where it is</h2>\n<table id=\"places\">\n{}{}{}{}</table>\n",
                       row("idp_url", places.sign_in_url), row("sts_endpoint", places.sts_endpoint),
                       row("metadata", places.metadata_url), row("ca_file", places.ca_file));
}

std::string users_table(const World& world) {
    std::string rows;
    for (const User& user : world.users) {
        std::string roles;
        for (const Arn& role : user.roles)
            roles += fmt::format("<li><code>{}</code></li>", escaped(role.text()));
        const std::string_view state = user.state == UserState::active     ? "active"
                                       : user.state == UserState::disabled ? "disabled"
                                                                           : "must change the password";
        rows += fmt::format("<tr><td>{}</td><td>{}</td><td><ul>{}</ul></td></tr>\n", escaped(user.name), state, roles);
    }
    return fmt::format(
        "<h2>Users</h2>\n<table id=\"users\">\n<tr><th>name</th><th>state</th><th>roles</th></tr>\n{}</table>\n", rows);
}

std::string faults_table(const World& world) {
    if (world.faults.empty())
        return "<h2>Faults</h2>\n<p>None: everything goes as it should.</p>\n";
    std::string rows;
    for (const Fault& fault : world.faults) {
        const std::string last = fault.last == ~0U ? "" : std::to_string(fault.last);
        rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{} to {}</td></tr>\n", escaped(fault.name),
                            escaped(fault.text), fault.first, last.empty() ? "the last" : last);
    }
    return fmt::format(
        "<h2>Faults</h2>\n<table id=\"faults\">\n<tr><th>name</th><th>value</th><th>requests</th></tr>\n{}</table>\n",
        rows);
}

std::string entry_row(const JournalEntry& entry) {
    std::string fields;
    for (const auto& [name, value] : entry.fields)
        fields += fmt::format("<li><code>{}={}</code></li>", escaped(name), escaped(value));
    const bool good = entry.status < 400 && entry.why.empty();
    return fmt::format(
        "<tr><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td><code>{}</code><ul>{}</ul></td>"
        "<td class=\"{}\">{} {}</td><td>{}</td></tr>\n",
        entry.number, iso_time(entry.time), escaped(entry.part), escaped(entry.request), fields, good ? "ok" : "no",
        entry.status, escaped(entry.outcome), escaped(entry.why));
}

} // namespace

std::string status_page(const World& world, const Journal& journal, const Places& places) {
    std::string page(head);
    page += places_table(places);
    page +=
        fmt::format("<h2>What came in</h2>\n<p>{} requests so far, the latest first. <a href=\"/\">Look again</a></p>\n"
                    "<table "
                    "id=\"journal\">\n<tr><th>#</th><th>when</th><th>to</th><th "
                    "class=\"w\">request</th><th>answer</th><th>why</th></tr>\n",
                    journal.count());
    for (auto entry = journal.entries().rbegin(); entry != journal.entries().rend(); ++entry)
        page += entry_row(*entry);
    page += "</table>\n";
    page += users_table(world);
    page += faults_table(world);
    return page + "</body>\n</html>\n";
}

} // namespace awsfed::sandbox
