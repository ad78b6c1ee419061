// What the cases of the policy families are made of.
#pragma once

#include "policy/document.h"
#include "policy/evaluate.h"
#include "policy/request.h"
#include "vectors/json_tree.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace vectors {

// The files of a folder, or the one file, that are JSON with "cases"; by name.
std::vector<Json> json_files(const std::filesystem::path& path);

// Read by the library from the text that the tree is of; of a refused one what is legible.
awsfed::policy::Document document_of(const Json& policy, awsfed::policy::PolicyType type);
std::vector<awsfed::policy::Document> documents_of(const Json& list, awsfed::policy::PolicyType type);
awsfed::policy::Policies policies_of(const Json& policies);
awsfed::policy::Request request_of(const Json& request);
// {"aws:SourceIp": "10.0.0.1", "aws:TagKeys": ["a", "b"]}
awsfed::policy::RequestContext context_of(const Json& context);

} // namespace vectors
