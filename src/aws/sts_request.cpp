#include "aws/sts_request.h"

#include "aws/sts_rules.h"
#include "base/encode.h"
#include "markup/json.h"

#include <algorithm>

namespace awsfed {

namespace {

using Form = StsParameterRow::Form;

void add_items(StsForm& form, std::string_view name, const std::vector<std::string>& items, std::string_view ending) {
    int number = 0;
    for (const std::string& item : items)
        form.add(fmt::format("{}.member.{}{}", name, ++number, ending), item);
}

void add_pairs(StsForm& form, std::string_view name, const StsRequest::Pairs& pairs, std::string_view first,
               std::string_view second) {
    int number = 0;
    for (const auto& [one, other] : pairs) {
        ++number;
        form.add(fmt::format("{}.member.{}.{}", name, number, first), one);
        form.add(fmt::format("{}.member.{}.{}", name, number, second), other);
    }
}

} // namespace

StsForm::StsForm(std::string_view action, std::string_view version) {
    add("Action", action);
    add("Version", version);
}

void StsForm::add(std::string_view name, std::string_view value) {
    if (!body_.empty())
        body_.append('&');
    append_percent_encoded(body_, name, Percent::strict);
    body_.append('=');
    append_percent_encoded(body_, value, Percent::strict);
}

StsRequest StsRequest::clone() const {
    StsRequest copy(action_->action);
    for (const Value& value : values_)
        copy.values_.push_back({value.parameter, value.text, value.secret.clone(), value.items, value.pairs});
    copy.duration_ = duration_;
    copy.policy_setting = policy_setting;
    copy.allow_no_policy = allow_no_policy;
    return copy;
}

void StsRequest::keep_body() {
    if (Result<Secret> body = sts_body(*this))
        body_ = *std::move(body);
}

StsRequest::Value& StsRequest::place(StsParameter parameter) {
    body_.clear();
    const auto found = std::ranges::find(values_, parameter, &Value::parameter);
    if (found != values_.end())
        return *found;
    values_.push_back({.parameter = parameter});
    return values_.back();
}

StsRequest& StsRequest::set(StsParameter parameter, std::string_view text) {
    place(parameter).text = text;
    return *this;
}

StsRequest& StsRequest::set(StsParameter parameter, Secret secret) {
    place(parameter).secret = std::move(secret);
    return *this;
}

StsRequest& StsRequest::set(StsParameter parameter, std::vector<std::string> items) {
    place(parameter).items = std::move(items);
    return *this;
}

StsRequest& StsRequest::set(StsParameter parameter, Pairs pairs) {
    place(parameter).pairs = std::move(pairs);
    return *this;
}

StsRequest& StsRequest::set_duration(std::optional<std::chrono::seconds> duration) {
    duration_ = duration;
    if (duration)
        place(StsParameter::duration).text = std::to_string(duration->count());
    else
        place(StsParameter::duration).text.clear();
    return *this;
}

const StsRequest::Value* StsRequest::find(StsParameter parameter) const {
    const auto found = std::ranges::find_if(values_, [&](const Value& value) {
        return value.parameter == parameter &&
               !(value.text.empty() && value.secret.empty() && value.items.empty() && value.pairs.empty());
    });
    return found == values_.end() ? nullptr : &*found;
}

std::string_view StsRequest::text(StsParameter parameter) const {
    const Value* value = find(parameter);
    return value == nullptr ? std::string_view() : std::string_view(value->text);
}

Result<StsRequest::Pairs> read_pairs(std::string_view json) { return json_texts(json, Code::setting_invalid); }

Result<void> check_sts_request(const StsRequest& request) {
    AWSFED_CHECK(check_presence(request));
    for (const StsRequest::Value& value : request.values_) {
        const StsParameterRow& row = row_of(value.parameter);
        if (!request.action().takes(value.parameter) || !request.has(value.parameter))
            continue;
        switch (row.form) {
        case Form::secret: AWSFED_CHECK(check_secret(row, value.secret)); break;
        case Form::duration: AWSFED_CHECK(check_duration(request)); break;
        case Form::number: AWSFED_CHECK(check_number(row, value.text)); break;
        case Form::tags: AWSFED_CHECK(check_tags(row, value.pairs)); break;
        case Form::contexts: AWSFED_CHECK(check_contexts(row, value.pairs)); break;
        case Form::list:
        case Form::arns: AWSFED_CHECK(check_list(row, value.items)); break;
        case Form::text:
        case Form::task:
            if (value.parameter == StsParameter::policy) {
                AWSFED_CHECK(check_policy(request, value.text));
            } else {
                AWSFED_CHECK(check_text(row, value.text));
            }
            break;
        }
    }
    return {};
}

Result<Secret> sts_body(const StsRequest& request) {
    if (!request.body_.empty())
        return request.body_.clone();
    AWSFED_CHECK(check_sts_request(request));
    StsForm form(request.action().name);
    for (const StsParameterRow& row : sts_parameters()) {
        const StsRequest::Value* value = request.find(row.parameter);
        if (value == nullptr || !request.action().takes(row.parameter))
            continue;
        switch (row.form) {
        case Form::secret: form.add(row.wire, value->secret.reveal()); break;
        case Form::list: add_items(form, row.wire, value->items, ""); break;
        case Form::arns: add_items(form, row.wire, value->items, ".arn"); break;
        case Form::tags: add_pairs(form, row.wire, value->pairs, "Key", "Value"); break;
        case Form::contexts: add_pairs(form, row.wire, value->pairs, "ProviderArn", "ContextAssertion"); break;
        case Form::task: form.add(fmt::format("{}.arn", row.wire), value->text); break;
        case Form::text:
        case Form::number:
        case Form::duration: form.add(row.wire, value->text); break;
        }
    }
    return std::move(form).take();
}

} // namespace awsfed
