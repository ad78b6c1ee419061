#include "vectors/policy_case.h"

#include "policy/read.h"

#include <algorithm>

namespace vectors {

using namespace awsfed::policy;

std::vector<Json> json_files(const std::filesystem::path& path) {
    std::vector<std::filesystem::path> names;
    if (std::filesystem::is_directory(path)) {
        for (const auto& entry : std::filesystem::directory_iterator(path))
            if (entry.path().extension() == ".json")
                names.push_back(entry.path());
    } else {
        names.push_back(path);
    }
    std::ranges::sort(names);
    std::vector<Json> files;
    for (const std::filesystem::path& name : names)
        if (std::optional<Json> file = Json::read(name); file && file->has("cases"))
            files.push_back(std::move(*file));
    return files;
}

Document document_of(const Json& policy, PolicyType type) {
    Reading reading = read_policy(policy.json(), type);
    // Some cases are about what AWS does not even store.
    return reading.document ? std::move(*reading.document) : std::move(reading.legible);
}

std::vector<Document> documents_of(const Json& list, PolicyType type) {
    std::vector<Document> documents;
    for (const Json& item : list.items())
        documents.push_back(document_of(item, type));
    return documents;
}

namespace {

Documents compiled(const Json& list, PolicyType type) {
    Documents out;
    for (const Document& one : documents_of(list, type))
        out.emplace_back(one);
    return out;
}

// An absent or empty list is no layer.
std::optional<Documents> layer_of(const Json& list, PolicyType type) {
    return list.items().empty() ? std::nullopt : std::optional(compiled(list, type));
}

std::optional<std::vector<Documents>> levels_of(const Json& list, PolicyType type) {
    if (list.is_null())
        return std::nullopt;
    std::vector<Documents> levels;
    for (const Json& level : list.items())
        levels.push_back(compiled(level, type));
    return levels;
}

} // namespace

Policies policies_of(const Json& policies) {
    Policies out;
    out.identity = compiled(policies["identity"], PolicyType::identity);
    out.boundary = layer_of(policies["boundary"], PolicyType::boundary);
    out.session = layer_of(policies["session"], PolicyType::session);
    out.endpoint = layer_of(policies["endpoint"], PolicyType::endpoint);
    out.scp = levels_of(policies["scp"], PolicyType::scp);
    out.rcp = levels_of(policies["rcp"], PolicyType::rcp);
    if (const Json& resource = policies["resource"]; resource.is_object())
        out.resource.emplace(document_of(resource, PolicyType::resource));
    return out;
}

RequestContext context_of(const Json& context) {
    RequestContext out;
    for (const auto& [key, value] : context.members()) {
        std::vector<std::string> values;
        if (value.is_array())
            for (const Json& item : value.items())
                values.push_back(item.plain());
        else
            values.push_back(value.plain());
        out.set(key, std::move(values));
    }
    return out;
}

Request request_of(const Json& request) {
    Request out(request["action"].text(), request["resource"].text());
    out.principal = request["principal"].text();
    out.role_arn = request["role_arn"].text();
    out.federated_by = request["federated_by"].text();
    out.identity_provider = request["federated_idp"].text();
    out.canonical_user = request["canonical_user"].text();
    out.resource_account = request["resource_account"].text();
    out.context = context_of(request["context"]);
    return out;
}

} // namespace vectors
