#include "policy/witness.h"

#include "policy/action_table.h"

#include <array>
#include <optional>

namespace awsfed::policy {

namespace {

constexpr int tries_max = 3000; // the largest services have some 800 actions
// Where any service would do: what people know.
constexpr std::array known_to_all{"s3", "ec2", "iam", "sts", "lambda", "dynamodb", "sqs"};

class Search {
public:
    Search(const Request& witness, const std::function<bool(const Request&)>& shows)
        : request_(witness), shows_(shows) {}

    std::optional<Request> in(KnownService service) {
        for (const KnownAction action : service.actions()) {
            if (++tries_ > tries_max)
                break;
            request_.set_action(action.full_name());
            if (shows_(request_))
                return request_;
        }
        return std::nullopt;
    }
    bool is_over() const { return tries_ > tries_max; }

private:
    Request request_;
    const std::function<bool(const Request&)>& shows_;
    int tries_ = 0;
};

} // namespace

void prefer_known_action(Request& witness, const std::function<bool(const Request&)>& shows) {
    if (find_action(witness.action()))
        return;
    Search search(witness, shows);
    const auto take = [&](std::optional<KnownService> service) {
        std::optional<Request> found = service ? search.in(*service) : std::nullopt;
        if (found)
            witness = std::move(*found);
        return found.has_value();
    };
    const std::optional<KnownService> own = find_service(witness.action().substr(0, witness.action().find(':')));
    if (own) {
        take(own);
        return;
    }
    for (const char* prefix : known_to_all)
        if (take(find_service(prefix)))
            return;
    for (const KnownService service : every_known_service())
        if (search.is_over() || take(service))
            return;
}

} // namespace awsfed::policy
