// Makes a call out of a message by the type of the C function alone: every function of awsfed.h is of one shape, and a
// new one needs no line here.
#pragma once

#include "message.h"

#include "awsfed.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace awsfed::wire {

// What awsfed_status is followed by in an answer. Takes the error.
void write_failure(Writer& answer, awsfed_status status, awsfed_error* error);

template <class Object>
Object* object_at(std::int64_t address) {
    return reinterpret_cast<Object*>(address); // NOLINT: the other side keeps pointers as numbers
}
inline std::int64_t address_of(const void* object) {
    return reinterpret_cast<std::int64_t>(object); // NOLINT: as above
}

enum class Role { text, length, object, number, made, error, text_back, length_back, number_back };

template <class T>
constexpr bool is_text = std::is_same_v<T, const char*> || std::is_same_v<T, const void*>;

// What a parameter is for, by its type and that of the one before.
template <class Before, class T, bool is_last>
constexpr Role role() {
    if constexpr (is_text<T>)
        return Role::text;
    else if constexpr (std::is_same_v<T, std::size_t> && is_text<Before>)
        return Role::length;
    else if constexpr (std::is_integral_v<T>)
        return Role::number;
    else if constexpr (std::is_same_v<T, const char**>)
        return Role::text_back;
    else if constexpr (std::is_same_v<T, std::size_t*> && std::is_same_v<Before, const char**>)
        return Role::length_back;
    else if constexpr (std::is_same_v<T, awsfed_error**> && is_last)
        return Role::error;
    else if constexpr (std::is_pointer_v<std::remove_pointer_t<T>>)
        return Role::made;
    else if constexpr (std::is_integral_v<std::remove_pointer_t<T>>)
        return Role::number_back;
    else
        return Role::object;
}

// An argument on its way: what was read for it, or the place for what comes back.
struct Slot {
    std::string_view text;
    std::int64_t number = 0;
    alignas(std::max_align_t) std::byte back[sizeof(void*)] = {};

    template <class T>
    T came_back() const {
        static_assert(sizeof(T) <= sizeof back);
        T value{};
        std::ranges::copy_n(back, sizeof(T), std::as_writable_bytes(std::span(&value, 1)).begin());
        return value;
    }
};

template <auto function>
struct Marshal;

template <class Returned, class... P, Returned (*function)(P...)>
struct Marshal<function> {
    static constexpr std::size_t count = sizeof...(P);
    using Slots = std::array<Slot, count == 0 ? 1 : count>;

    template <std::size_t i>
    using Type = std::tuple_element_t<i, std::tuple<P..., void>>;

    template <std::size_t i>
    static constexpr Role role_of() {
        if constexpr (i == 0)
            return role<void, Type<0>, count == 1>();
        else
            return role<Type<i - 1>, Type<i>, i + 1 == count>();
    }

    static constexpr bool gives_status = [] {
        if constexpr (count == 0)
            return false;
        else
            return role_of<count - 1>() == Role::error;
    }();
    // awsfed_x_text(object, field, &length): the length is of the text that is returned.
    static constexpr bool gives_length = [] {
        if constexpr (count > 0 && std::is_same_v<Returned, const char*>)
            return role_of<count - 1>() == Role::number_back;
        else
            return false;
    }();

    static void run(Reader& call, Writer& answer) { run(call, answer, std::make_index_sequence<count>()); }

private:
    template <std::size_t... i>
    static void run(Reader& call, Writer& answer, std::index_sequence<i...>) {
        Slots slots{};
        (read<i>(call, slots[i]), ...);
        if (!call.ok() || !call.is_at_end())
            return write_failure(answer, AWSFED_E_USAGE, nullptr);
        if constexpr (std::is_void_v<Returned>) {
            function(argument<i>(slots)...);
            answer.number(AWSFED_OK);
            (write<i>(slots, answer), ...);
        } else {
            const Returned returned = function(argument<i>(slots)...);
            if constexpr (gives_status) {
                if (returned != AWSFED_OK)
                    return write_failure(answer, returned, slots[count - 1].template came_back<awsfed_error*>());
            }
            answer.number(AWSFED_OK);
            (write<i>(slots, answer), ...);
            write_returned(returned, slots, answer);
        }
    }

    template <std::size_t i>
    static void read(Reader& call, Slot& slot) {
        constexpr Role is = role_of<i>();
        if constexpr (is == Role::text)
            slot.text = call.text();
        else if constexpr (is == Role::object || is == Role::number)
            slot.number = call.number();
    }

    template <std::size_t i>
    static Type<i> argument(Slots& slots) {
        constexpr Role is = role_of<i>();
        Slot& slot = slots[i];
        if constexpr (is == Role::text)
            return slot.text.data();
        else if constexpr (is == Role::length)
            return slots[i - 1].text.size();
        else if constexpr (is == Role::object)
            return object_at<std::remove_pointer_t<Type<i>>>(slot.number);
        else if constexpr (is == Role::number)
            return static_cast<Type<i>>(slot.number);
        else
            return reinterpret_cast<Type<i>>(slot.back); // NOLINT: the bytes hold what the function puts there
    }

    template <std::size_t i>
    static void write(const Slots& slots, Writer& answer) {
        constexpr Role is = role_of<i>();
        if constexpr (is == Role::made)
            answer.number(address_of(slots[i].template came_back<void*>()));
        else if constexpr (is == Role::text_back)
            answer.text(slots[i].template came_back<const char*>(), slots[i + 1].template came_back<std::size_t>());
        else if constexpr (is == Role::number_back && !(gives_length && i + 1 == count))
            answer.number(static_cast<std::int64_t>(slots[i].template came_back<std::remove_pointer_t<Type<i>>>()));
    }

    template <class T>
    static void write_returned(T returned, const Slots& slots, Writer& answer) {
        if constexpr (gives_length)
            answer.text(returned, slots[count - 1].template came_back<std::size_t>());
        else if constexpr (std::is_same_v<T, const char*>)
            answer.text(returned);
        else if constexpr (!gives_status)
            answer.number(static_cast<std::int64_t>(returned));
    }
};

} // namespace awsfed::wire
