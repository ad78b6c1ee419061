#include "markup/form.h"

#include "base/encode.h"
#include "base/text.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace awsfed {

namespace {

constexpr std::size_t nowhere = LoginForm::no_field;

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& list) {
    return std::ranges::find(list, text) != list.end();
}

// The text without case and punctuation holds one of the words.
template <std::size_t N>
bool mentions(std::string_view text, const std::array<std::string_view, N>& words) {
    std::string letters = lower_ascii(text);
    std::erase_if(letters, [](char c) { return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')); });
    return std::ranges::any_of(words, [&](std::string_view word) { return letters.find(word) != letters.npos; });
}

bool can_be_sent(const Field& field) { return !field.disabled && !field.name.empty(); }

bool is_password(const Field& field) { return field.type == "password" && can_be_sent(field); }

// A field that is read-only shows whom the provider has in mind already.
bool is_user_like(const Field& field) {
    constexpr std::array<std::string_view, 3> types{"text", "email", "tel"};
    return is_one_of(field.type, types) && can_be_sent(field) && !field.read_only;
}

bool is_named_like_a_user(const Field& field) {
    constexpr std::array<std::string_view, 4> words{"user", "login", "email", "name"};
    return mentions(field.name, words) || mentions(field.id, words) || mentions(field.autocomplete, words);
}

bool is_submit(const Field& field) { return field.type == "submit" || field.type == "image"; }

// HTML's default button: the first submit button. A disabled one is passed over here; a browser would
// not send the form at all before a script enables it.
const Field* default_button(const Form& form) {
    const auto found = std::ranges::find_if(form.fields, [](const Field& f) { return is_submit(f) && !f.disabled; });
    return found == form.fields.end() ? nullptr : &*found;
}

} // namespace

// The autocomplete token "new-password" says nothing: many sign-in pages carry it to keep browsers from
// filling in.
bool asks_for_new_password(const Field& field) {
    constexpr std::array<std::string_view, 6> words{"newpass", "newpw", "passnew", "passwordnew", "confirm", "repeat"};
    return mentions(field.name, words) || mentions(field.id, words);
}

Field Field::clone() const {
    return {name,     type,      id,       autocomplete, value.clone(), checked,
            disabled, read_only, required, form_action,  form_method,   options};
}

bool Mark::has_class(std::string_view name) const { return std::ranges::find(classes, name) != classes.end(); }

std::string_view Page::text_of(const Mark& mark) const {
    return trimmed(std::string_view(text).substr(mark.text_begin, mark.text_end - mark.text_begin));
}

const Mark* Page::mark(std::string_view id) const {
    const auto found = std::ranges::find(marks, id, &Mark::id);
    return found == marks.end() ? nullptr : &*found;
}

const Form* Page::form(std::string_view id) const {
    const auto found = std::ranges::find(forms, id, &Form::id);
    return found == forms.end() ? nullptr : &*found;
}

Form Form::clone() const {
    Form copy{action, method, enctype, id, name, {}};
    copy.fields.reserve(fields.size());
    for (const Field& field : fields)
        copy.fields.push_back(field.clone());
    return copy;
}

// ---- which form, which fields -------------------------------------------------------------

std::vector<const Field*> passwords_of(const Form& form) {
    std::vector<const Field*> passwords;
    for (const Field& field : form.fields) {
        if (is_password(field))
            passwords.push_back(&field);
    }
    return passwords;
}

namespace {

std::string names_of(const std::vector<const Field*>& fields) {
    std::vector<std::string> names;
    names.reserve(fields.size());
    for (const Field* field : fields)
        names.push_back(fmt::format("\"{}\"", printable(field->name, 40)));
    return fmt::format("{}", fmt::join(names, ", "));
}

bool only_sets_a_password(const Form& form) {
    return std::ranges::all_of(passwords_of(form), [](const Field* field) { return asks_for_new_password(*field); });
}

Failure no_login_form(const Page& page, bool sets_a_password) {
    if (sets_a_password)
        return fail(Code::page_unknown, "The page asks for a new password, as one does when the old one has expired.")
            .advice("Change the password in a browser, then sign in again.");
    if (std::ranges::any_of(page.loose_fields, is_password))
        return fail(Code::page_unknown, "The page has a password field that belongs to no form.");
    return fail(Code::page_unknown, "The page has no form that asks for a password.");
}

// The only form that asks for a password that the user already has.
Result<const Form*> only_login_form(const Page& page) {
    const Form* found = nullptr;
    std::size_t forms = 0;
    bool sets_a_password = false;
    for (const Form& form : page.forms) {
        if (passwords_of(form).empty())
            continue;
        if (only_sets_a_password(form)) {
            sets_a_password = true;
            continue;
        }
        found = &form;
        ++forms;
    }
    if (forms == 0)
        return no_login_form(page, sets_a_password);
    if (forms > 1)
        return fail(Code::page_unknown, "The page has {} forms that ask for a password.", forms);
    return found;
}

// Of several text fields the one that is named like a user name; where names do not tell, the one right
// before the password.
std::size_t choose_user_field(const Form& form, const std::vector<std::size_t>& candidates, std::size_t password) {
    std::size_t named = nowhere;
    std::size_t before = nowhere;
    std::size_t names = 0;
    for (const std::size_t index : candidates) {
        if (is_named_like_a_user(form.fields[index])) {
            named = index;
            ++names;
        }
        if (index < password)
            before = index;
    }
    return names == 1 ? named : before;
}

// AD FS 2019 asks in two steps on one page: a script copies the user name that the first form asks for
// into a hidden field of the same name beside the password.
std::size_t hidden_user_field(const Page& page, const Form& form) {
    std::size_t found = nowhere;
    for (std::size_t i = 0; i < form.fields.size(); ++i) {
        const Field& field = form.fields[i];
        const auto asks_for_it = [&](const Field& other) { return is_user_like(other) && other.name == field.name; };
        const auto is_first_step = [&](const Form& other) { return std::ranges::any_of(other.fields, asks_for_it); };
        if (field.type != "hidden" || !can_be_sent(field) || std::ranges::none_of(page.forms, is_first_step))
            continue;
        if (found != nowhere)
            return nowhere;
        found = i;
    }
    return found;
}

std::size_t user_field_in(const Page& page, const Form& form, std::size_t password) {
    std::vector<std::size_t> candidates;
    for (std::size_t i = 0; i < form.fields.size(); ++i) {
        if (is_user_like(form.fields[i]))
            candidates.push_back(i);
    }
    if (candidates.empty())
        return hidden_user_field(page, form);
    return candidates.size() == 1 ? candidates.front() : choose_user_field(form, candidates, password);
}

// A browser does not send a form before every required field has its value.
const Field* left_open(const LoginForm& login) {
    for (std::size_t i = 0; i < login.form.fields.size(); ++i) {
        const Field& field = login.form.fields[i];
        if (i == login.user_field || i == login.password_field || !field.required || field.disabled)
            continue;
        if (field.type == "checkbox" || field.type == "radio" ? !field.checked : field.value.empty())
            return &field;
    }
    return nullptr;
}

Result<void> check_sending(const Form& form) {
    if (form.method != "post")
        return fail(Code::page_unknown, "The sign-in form sends by {}, which would put the password into a URL.",
                    form.method == "get" ? "GET" : printable(form.method));
    if (form.enctype != "application/x-www-form-urlencoded")
        return fail(Code::page_unknown, "The sign-in form sends as {}, which no known sign-in does.",
                    printable(form.enctype));
    return {};
}

// The default button's own action and method count for the form.
void take_over_button(Form& form) {
    const Field* button = default_button(form);
    if (button == nullptr)
        return;
    form.method = button->form_method.value_or(form.method);
    form.action = button->form_action.value_or(form.action);
}

} // namespace

bool has_login_form(const Page& page) {
    return std::ranges::any_of(page.forms,
                               [](const Form& form) { return std::ranges::any_of(form.fields, is_password); });
}

Result<LoginForm> login_form_in(const Page& page) {
    AWSFED_TRY(const Form* form, only_login_form(page));
    return login_form_of(page, *form);
}

Result<LoginForm> login_form_of(const Page& page, const Form& form) {
    const std::vector<const Field*> passwords = passwords_of(form);
    if (passwords.size() != 1)
        return fail(Code::page_unknown,
                    "The form asks for several passwords ({}), as one does that changes a password.",
                    names_of(passwords));

    LoginForm login{form.clone()};
    login.password_field = static_cast<std::size_t>(passwords.front() - form.fields.data());
    login.user_field = user_field_in(page, form, login.password_field);
    if (login.user_field == nowhere)
        return fail(Code::page_unknown, "The form asks for the password {}, but for no user name.",
                    names_of(passwords));
    if (const Field* open = left_open(login))
        return fail(Code::page_unknown, "The sign-in form demands more than a user name and a password: \"{}\".",
                    printable(open->name.empty() ? open->id : open->name, 40));

    take_over_button(login.form);
    AWSFED_CHECK(check_sending(login.form));
    return login;
}

std::optional<LoginForm> user_step_of(const Form& form) {
    LoginForm login{form.clone()};
    for (std::size_t i = 0; i < form.fields.size(); ++i) {
        if (is_password(form.fields[i]))
            return std::nullopt;
        if (!is_user_like(form.fields[i]))
            continue;
        if (login.user_field != nowhere || !is_named_like_a_user(form.fields[i]))
            return std::nullopt;
        login.user_field = i;
    }
    take_over_button(login.form);
    if (login.user_field == nowhere || left_open(login) != nullptr || !check_sending(login.form))
        return std::nullopt;
    return login;
}

std::optional<LoginForm> password_step_of(const Form& form) {
    const std::vector<const Field*> passwords = passwords_of(form);
    if (passwords.size() != 1 || asks_for_new_password(*passwords.front()) ||
        std::ranges::any_of(form.fields, is_user_like))
        return std::nullopt;
    LoginForm login{form.clone()};
    login.password_field = static_cast<std::size_t>(passwords.front() - form.fields.data());
    take_over_button(login.form);
    if (left_open(login) != nullptr || !check_sending(login.form))
        return std::nullopt;
    return login;
}

// ---- the assertion ------------------------------------------------------------------------

namespace {

const Field* saml_field_of(const Form& form) {
    const auto found =
        std::ranges::find_if(form.fields, [](const Field& f) { return f.name == "SAMLResponse" && !f.disabled; });
    return found == form.fields.end() ? nullptr : &*found;
}

} // namespace

const Form* saml_form_in(const Page& page) {
    const Form* first = nullptr;
    for (const Form& form : page.forms) {
        const Field* field = saml_field_of(form);
        if (field == nullptr)
            continue;
        if (first != nullptr && !field->value.equals(saml_field_of(*first)->value.reveal()))
            return nullptr;
        if (first == nullptr)
            first = &form;
    }
    return first;
}

std::optional<Secret> saml_response_in(const Page& page) {
    const Form* form = saml_form_in(page);
    if (form == nullptr)
        return std::nullopt;
    return saml_field_of(*form)->value.clone();
}

// ---- the body -----------------------------------------------------------------------------

namespace {

bool is_successful(const Field& field, const Field* button) {
    constexpr std::array<std::string_view, 3> never{"reset", "button", "file"};
    if (field.disabled || is_one_of(field.type, never))
        return false;
    if (is_submit(field))
        return &field == button;
    if (field.type == "checkbox" || field.type == "radio" || field.type == "select")
        return field.checked;
    return true;
}

// HTML sends every line break as CR LF.
Secret with_crlf(std::string_view value) {
    Secret out;
    out.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (c == '\r' && i + 1 < value.size() && value[i + 1] == '\n')
            continue; // the LF brings it back
        if (c == '\r' || c == '\n')
            out.append("\r\n");
        else
            out.append(c);
    }
    return out;
}

void add_field(FormBody& body, const Field& field) {
    if (field.type == "image") { // where it was pressed: nowhere, since Enter was
        const std::string prefix = field.name.empty() ? "" : field.name + ".";
        body.add(prefix + "x", "0");
        body.add(prefix + "y", "0");
    } else if (field.type == "hidden" && equal_ignoring_case(field.name, "_charset_")) {
        body.add(field.name, "UTF-8");
    } else if (!field.name.empty()) {
        body.add(field.name, with_crlf(field.value.reveal()).reveal());
    }
}

} // namespace

std::vector<const Field*> sent_fields(const Form& form) {
    std::vector<const Field*> sent;
    const Field* button = default_button(form);
    for (const Field& field : form.fields) {
        // A button without a name is pressed, but adds nothing.
        if (is_successful(field, button) && (!field.name.empty() || field.type == "image"))
            sent.push_back(&field);
    }
    return sent;
}

// The user field may be hidden, and either may be one that a browser would send anyway.
std::vector<const Field*> sent_fields(const LoginForm& login) { return sent_fields(login.form); }

Secret form_body(const Form& form) {
    FormBody body;
    for (const Field* field : sent_fields(form))
        add_field(body, *field);
    return std::move(body).take();
}

Secret form_body(const LoginForm& login, std::string_view user, const Secret& password) {
    FormBody body;
    for (const Field* field : sent_fields(login)) {
        const auto place = static_cast<std::size_t>(field - login.form.fields.data());
        if (place == login.user_field)
            body.add(field->name, user);
        else if (place == login.password_field)
            body.add(field->name, password.reveal());
        else
            add_field(body, *field);
    }
    return std::move(body).take();
}

} // namespace awsfed
