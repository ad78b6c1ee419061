// Sign-ins that stopped at a question nobody was there to answer, for whoever can: they go on where they stopped, and
// the password is not posted a second time.
#pragma once

#include "cache/request_key.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

namespace awsfed {

class SignIn;

// May be used by many threads.
class OpenSignIns {
public:
    OpenSignIns();
    ~OpenSignIns();

    void keep(const RequestKey& key, std::unique_ptr<SignIn> sign_in);
    // Null where there is none, or it is too old: what the provider showed is not good for long.
    std::unique_ptr<SignIn> take(const RequestKey& key);
    bool is_empty();
    void drop_all();

private:
    struct Kept {
        RequestKey key;
        std::unique_ptr<SignIn> sign_in;
        std::chrono::nanoseconds since{}; // the machine's start
    };
    template <class Which>
    void move_to(std::vector<Kept>& dropped, Which&& which);
    void drop_old(std::vector<Kept>& dropped);

    std::mutex mutex_;
    std::vector<Kept> kept_;
};

} // namespace awsfed
