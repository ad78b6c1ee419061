// Which statements can matter where a given layer allows something: the others never match what any Allow of it
// matches.
#pragma once

#include "policy/budget.h"
#include "policy/document.h"
#include "policy/glob.h"

#include <vector>

namespace awsfed::policy {

class Focus {
public:
    void add(const Statement& allow, Version version);
    std::size_t size() const { return allows_.size(); }

    // Looks at how the patterns begin: true may be wrong, false is sure, whatever variables stand for.
    bool may_meet(const Statement& statement, Version version, Budget& budget) const;

private:
    struct Heads {
        bool any = false; // of NotAction or NotResource: all that there is
        std::vector<Symbols> begin;
    };
    struct Reach {
        Heads actions, resources;
    };
    static Reach reach_of(const Statement& statement, Version version);
    static bool meet(const Heads& one, const Heads& other);

    std::vector<Reach> allows_;
};

} // namespace awsfed::policy
