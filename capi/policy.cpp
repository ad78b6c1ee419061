// Policies: documents, and what is decided about one request.
#include "base/limits.h"
#include "guarded.h"
#include "markup/json.h"
#include "policy/lint.h"
#include "policy/read.h"
#include "policy/template.h"
#include "policy/write.h"

#include <algorithm>
#include <memory>

using namespace awsfed;
using namespace awsfed::capi;

namespace {

using policy::Finding;

static_assert(static_cast<int>(policy::Layer::scp) == AWSFED_LAYER_SCP);
static_assert(static_cast<int>(policy::Layer::service) == AWSFED_LAYER_SERVICE);

Result<policy::PolicyType> type_in(const char* type, size_t n) {
    AWSFED_TRY(const std::string_view name, text_in(type, n));
    const auto found = policy::policy_type_of(name);
    if (!found)
        return fail(Code::usage, "There is no type of policy \"{}\".", name)
            .advice("Types are identity, session, boundary, resource, trust, scp, rcp and endpoint.");
    return *found;
}

// NULs and broken UTF-8 are findings like others.
Result<std::string_view> policy_text_in(const char* text, size_t n) {
    AWSFED_TRY(const std::string_view given, bytes_in(text, n));
    if (given.size() > policy_bytes_max)
        return fail(Code::policy_too_long, "The policy has {} bytes; {} are read.", given.size(), policy_bytes_max);
    return given;
}

std::shared_ptr<const PolicyObject> read_and_lint(std::string text, policy::PolicyType type) {
    auto object = std::make_shared<PolicyObject>();
    object->source = std::move(text);
    object->type = type;
    policy::Reading reading = policy::read_policy(object->source, type);
    object->findings = std::move(reading.findings);
    if (reading.document) {
        std::ranges::move(policy::lint_policy(*reading.document, type), std::back_inserter(object->findings));
        object->text = policy::policy_text(*reading.document);
        object->compiled.emplace(*reading.document);
        object->document = std::move(*reading.document);
    }
    object->places = policy::places_of(object->source, object->findings);
    return object;
}

const PolicyObject* object_of(const awsfed_policy* p) { return p == nullptr ? nullptr : p->object.get(); }

void put(size_t* place, size_t value) {
    if (place != nullptr)
        *place = value;
}

} // namespace

awsfed_status awsfed_policy_parse(const char* text, size_t n, const char* type, size_t type_n, awsfed_policy** out,
                                  awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_TRY(const policy::PolicyType of_type, type_in(type, type_n));
        AWSFED_TRY(const std::string_view given, policy_text_in(text, n));
        *out = new awsfed_policy{read_and_lint(std::string(given), of_type)};
        return {};
    });
}

awsfed_status awsfed_policy_fill(const char* text, size_t n, const char* values, size_t values_n, const char* type,
                                 size_t type_n, awsfed_policy** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_TRY(const policy::PolicyType of_type, type_in(type, type_n));
        AWSFED_TRY(const std::string_view given, policy_text_in(text, n));
        AWSFED_TRY(const std::string_view data, text_in(values, values_n));
        AWSFED_TRY(const auto pairs, json_texts(data, Code::usage));
        AWSFED_TRY(std::string filled,
                   policy::policy_for(given, of_type, policy::TemplateData(pairs.begin(), pairs.end())));
        *out = new awsfed_policy{read_and_lint(std::move(filled), of_type)};
        return {};
    });
}

int awsfed_policy_accepted(const awsfed_policy* p) {
    const PolicyObject* object = object_of(p);
    return object != nullptr && std::ranges::none_of(object->findings, [](const Finding& one) {
               return one.severity == policy::Severity::refused;
           });
}

const char* awsfed_policy_text(const awsfed_policy* p, size_t* n) {
    return object_of(p) == nullptr ? absent(n) : text_or_absent(object_of(p)->text, n);
}

size_t awsfed_policy_finding_count(const awsfed_policy* p) {
    return object_of(p) == nullptr ? 0 : object_of(p)->findings.size();
}

const char* awsfed_policy_finding_text(const awsfed_policy* p, size_t index, awsfed_finding_field field, size_t* n) {
    if (index >= awsfed_policy_finding_count(p))
        return absent(n);
    const Finding& one = object_of(p)->findings[index];
    const auto constant = [n](std::string_view text) { return text_out(text.data(), text.size(), n); };
    switch (field) {
    case AWSFED_FINDING_CODE: return constant(one.name());
    case AWSFED_FINDING_SEVERITY: return constant(policy::name_of(one.severity));
    case AWSFED_FINDING_WHAT: return text_out(one.what, n);
    case AWSFED_FINDING_ADVICE: return constant(one.advice());
    case AWSFED_FINDING_POINTER: return text_out(object_of(p)->places[index].pointer, n);
    default: return absent(n);
    }
}

void awsfed_policy_finding_place(const awsfed_policy* p, size_t index, size_t* offset, size_t* length, size_t* line,
                                 size_t* column) {
    const PolicyObject* object = object_of(p);
    const bool is_there = index < awsfed_policy_finding_count(p);
    put(offset, is_there ? object->findings[index].offset : 0);
    put(length, is_there ? object->findings[index].length : 0);
    put(line, is_there ? object->places[index].line : 0);
    put(column, is_there ? object->places[index].column : 0);
}

void awsfed_policy_free(awsfed_policy* p) { delete p; }

// ---- the policies around a request -------------------------------------------------------------

awsfed_status awsfed_policies_new(awsfed_policies** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = new awsfed_policies;
        return {};
    });
}

namespace {

// A level that is not there yet begins empty, and so allows nothing: levels are added from the root down.
Result<void> add_level(std::optional<std::vector<policy::Documents>>& levels, size_t level,
                       const PolicyObject& object) {
    constexpr size_t levels_max = 16; // an organisation has seven
    if (!levels)
        levels.emplace();
    if (level >= levels_max || level > levels->size())
        return fail(Code::usage, "Level {} comes before level {}.", level, levels->size());
    if (level == levels->size())
        levels->emplace_back();
    (*levels)[level].push_back(*object.compiled);
    return {};
}

void add_document(std::optional<policy::Documents>& layer, const PolicyObject& object) {
    if (!layer)
        layer.emplace();
    layer->push_back(*object.compiled);
}

// Identity and session policies have no principals, resource policies have: the one is never judged as the other.
bool fits(policy::PolicyType type, awsfed_layer layer) {
    using enum policy::PolicyType;
    switch (layer) {
    case AWSFED_LAYER_RESOURCE: return type == resource || type == trust;
    case AWSFED_LAYER_ENDPOINT: return type == endpoint;
    case AWSFED_LAYER_RCP: return type == rcp;
    default: return type == identity || type == session || type == boundary || type == scp;
    }
}

Result<void> add_layer(awsfed_policies& s, awsfed_layer layer, size_t level, const PolicyObject& object) {
    const bool has_levels = layer == AWSFED_LAYER_SCP || layer == AWSFED_LAYER_RCP;
    if (level != 0 && !has_levels)
        return fail(Code::usage, "Only SCPs and RCPs have levels.");
    if (layer >= AWSFED_LAYER_SCP && layer < AWSFED_LAYER_SERVICE && !fits(object.type, layer))
        return fail(Code::usage, "A policy of the type {} does not go into this layer.", policy::name_of(object.type));
    switch (layer) {
    case AWSFED_LAYER_SCP: return add_level(s.policies.scp, level, object);
    case AWSFED_LAYER_RCP: return add_level(s.policies.rcp, level, object);
    case AWSFED_LAYER_ENDPOINT: add_document(s.policies.endpoint, object); return {};
    case AWSFED_LAYER_BOUNDARY: add_document(s.policies.boundary, object); return {};
    case AWSFED_LAYER_RESOURCE:
        if (s.policies.resource)
            return fail(Code::usage, "A resource has one policy.");
        s.policies.resource = *object.compiled;
        return {};
    case AWSFED_LAYER_IDENTITY:
        s.policies.identity.push_back(*object.compiled);
        s.identity.push_back(object.document);
        return {};
    case AWSFED_LAYER_SESSION:
        add_document(s.policies.session, object);
        s.session.push_back(object.document);
        return {};
    default: return fail(Code::usage, "There is no layer {} to add a policy to.", layer);
    }
}

} // namespace

awsfed_status awsfed_policies_add(awsfed_policies* s, awsfed_layer layer, size_t level, const awsfed_policy* p,
                                  awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(s);
        AWSFED_NEEDS(p);
        if (!p->object->compiled)
            return fail(Code::policy_malformed, "A policy that AWS refuses cannot be asked.");
        return add_layer(*s, layer, level, *p->object);
    });
}

void awsfed_policies_free(awsfed_policies* s) { delete s; }

// ---- a request ---------------------------------------------------------------------------------

awsfed_status awsfed_access_new(const char* action, size_t action_n, const char* resource, size_t resource_n,
                                awsfed_access** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_TRY(const std::string_view wanted, text_in(action, action_n));
        AWSFED_TRY(const std::string_view on, text_in(resource, resource_n));
        if (wanted.find(':') == wanted.npos || wanted.find_first_of("*?") != wanted.npos)
            return fail(Code::usage, "\"{}\" is not one action.", wanted).advice("Write it out: s3:GetObject.");
        *out = new awsfed_access{policy::Request(wanted, on)};
        return {};
    });
}

awsfed_status awsfed_access_set(awsfed_access* a, const char* name, size_t name_n, const char* value, size_t value_n,
                                awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(a);
        AWSFED_TRY(const std::string_view key, text_in(name, name_n));
        AWSFED_TRY(const std::string_view text, text_in(value, value_n));
        const std::pair<std::string_view, std::string*> places[] = {
            {"principal", &a->request.principal},           {"role_arn", &a->request.role_arn},
            {"federated_by", &a->request.federated_by},     {"identity_provider", &a->request.identity_provider},
            {"canonical_user", &a->request.canonical_user}, {"resource_account", &a->request.resource_account},
        };
        for (const auto& [known, place] : places)
            if (known == key) {
                *place = text;
                return {};
            }
        return fail(Code::usage, "A request has no \"{}\".", key);
    });
}

awsfed_status awsfed_access_context(awsfed_access* a, const char* key, size_t key_n, const char* value, size_t value_n,
                                    awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(a);
        AWSFED_TRY(const std::string_view name, text_in(key, key_n));
        AWSFED_TRY(const std::string_view text, text_in(value, value_n));
        if (name.empty())
            return fail(Code::usage, "The condition key is empty.");
        a->request.context.add(name, text);
        return {};
    });
}

void awsfed_access_free(awsfed_access* a) { delete a; }

awsfed_decision awsfed_policies_evaluate(const awsfed_policies* s, const awsfed_access* a, awsfed_layer* layer,
                                         int64_t* level, int64_t* policy, int64_t* statement, uint32_t* missing) {
    const bool is_asked = s != nullptr && a != nullptr;
    const policy::Decision decision = is_asked ? policy::evaluate(s->policies, a->request) : policy::Decision();
    const bool decided = is_asked && decision.layer && decision.layer != policy::Layer::service;
    const auto set = [](int64_t* place, bool known, size_t value) {
        if (place != nullptr)
            *place = known ? static_cast<int64_t>(value) : -1;
    };
    if (layer != nullptr)
        *layer = decision.layer ? static_cast<awsfed_layer>(*decision.layer) : -1;
    set(level, decided, decision.level);
    set(policy, decided, decision.policy);
    set(statement, decided, decision.statement);
    if (missing != nullptr) {
        *missing = 0;
        for (size_t i = 0; i < policy::layers; ++i)
            *missing |= decision.missing[i] ? 1U << i : 0U;
    }
    if (!is_asked)
        return AWSFED_DECISION_NONE;
    return decision.verdict == policy::Verdict::allow           ? AWSFED_DECISION_ALLOW
           : decision.verdict == policy::Verdict::explicit_deny ? AWSFED_DECISION_EXPLICIT_DENY
                                                                : AWSFED_DECISION_IMPLICIT_DENY;
}
