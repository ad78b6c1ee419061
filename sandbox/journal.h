// What came in and what was answered, for people: a line each in the log, and the latest of them for the page.
//
// Nothing secret is in it. Values are shown for a closed list of fields only, headers and cookies never; a user
// name only where it is one that the sandbox knows, since people type passwords there; and what is shown
// passes a veil over every password and key of the configuration.
#pragma once

#include "base/log.h"
#include "base/time.h"
#include "sandbox/exchange.h"
#include "sandbox/world.h"

#include <cstdio>
#include <deque>
#include <string>
#include <string_view>

namespace awsfed::sandbox {

struct JournalEntry {
    unsigned number = 0;
    Time time{};
    std::string part;    // "idp", "sts"
    std::string request; // "POST /adfs/ls/idpinitiatedsignon.aspx"
    Pairs fields;        // of query and body
    int status = 0;
    std::string outcome;
    std::string why; // of a refusal or a fault; empty when all is well
};

class Journal {
public:
    // Borrows both; null writes no log.
    Journal(const World& world, std::FILE* log);

    void add(std::string_view part, Time time, const Received& request, const Answer& answer);
    const std::deque<JournalEntry>& entries() const { return entries_; } // the latest, eldest first
    unsigned count() const { return count_; }

private:
    Pairs shown_fields(const Received& request) const;
    void write(const JournalEntry& entry) const;

    const World& world_;
    std::FILE* log_;
    Redactor redactor_;
    std::deque<JournalEntry> entries_;
    unsigned count_ = 0;
};

} // namespace awsfed::sandbox
