// A value that was read from octets whose signature has been verified.
#pragma once

#include <memory>
#include <string>
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
    // Where the keys came from by which it was proved: "pinned" or "url" (security rule 8).
    const std::string& origin() const { return origin_; }

private:
    friend class Verifier;
    Verified(T value, std::string origin)
        : value_(std::make_shared<const T>(std::move(value))), origin_(std::move(origin)) {}

    std::shared_ptr<const T> value_;
    std::string origin_;
};

} // namespace awsfed
