// A value that was read from octets whose signature has been verified.
#pragma once

#include <memory>
#include <utility>

namespace awsfed {

class Verifier;

// Only the Verifier can make one, so a function that asks for Verified<Assertion> cannot be handed an
// assertion that was merely parsed.
template <class T>
class Verified {
public:
    const T& operator*() const { return *value_; }
    const T* operator->() const { return value_.get(); }
    // For those who only read, and do not care any more how it was proved.
    std::shared_ptr<const T> share() const { return value_; }

private:
    friend class Verifier;
    explicit Verified(T value) : value_(std::make_shared<const T>(std::move(value))) {}

    std::shared_ptr<const T> value_;
};

} // namespace awsfed
