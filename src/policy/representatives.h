// A finite picture of all requests: which statements of some documents can match together, with a request for each
// such combination. What holds for all of these holds for every request.
#pragma once

#include "policy/bits.h"
#include "policy/budget.h"
#include "policy/document.h"
#include "policy/request.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace awsfed::policy {

struct AskedStatement {
    const Statement* statement;
    Version version;
};

// What the question gains from a statement that matches. Of two combinations only the better one is looked at.
enum class Bearing : std::uint8_t { either, better_matched, better_unmatched };

// What stands for the variables of the statements while they are looked at.
struct VariableCase {
    // Not opaque: the values of those keys that are there. Opaque: any value that such a key may have.
    bool opaque = false;
    RequestContext values;
    std::vector<std::string> present; // of the opaque ones
    std::vector<std::string> several; // those with more than one value, which stand for nothing
};

struct RepresentativeQuestion {
    std::vector<Bearing> bearings; // by statement
    // By statement: with opaque variables, does its pattern match what it only might match?
    std::vector<bool> loosely;
    VariableCase variables;
    // By statement: requests that one of these matches, and no others, are of interest. Empty: all requests.
    std::vector<bool> interest = {};
};

// A combination that occurs. With opaque variables its request is none that could be made.
class Representative {
public:
    virtual ~Representative() = default;
    virtual const std::vector<std::uint32_t>& matched() const = 0; // statements, ascending
    virtual Request request() const = 0;
};

class Representatives {
public:
    // The statements must outlive it. With known actions no others exist.
    Representatives(std::vector<AskedStatement> statements, std::span<const std::string> known_actions);
    Representatives(Representatives&&) noexcept;
    Representatives& operator=(Representatives&&) noexcept;
    ~Representatives();

    // Keys that stand as variables in resources and conditions, in lower case.
    const std::vector<std::string>& variable_keys() const;
    // Has a variable a default? Then it makes a difference whether its key is absent or has several values.
    bool has_defaults() const;

    // Shows every combination in which an Allow matches that is not better unmatched, until told to stop by a true.
    using Visit = std::function<bool(const Representative&)>;
    struct Outcome {
        enum { all, stopped, too_complex } end = all;
        std::string why; // it is too complex: the bound
    };
    Outcome each(const RepresentativeQuestion& question, Budget& budget, const Visit& visit);

private:
    class Work;
    std::unique_ptr<Work> work_;
};

} // namespace awsfed::policy
