#include "aws/service_clock.h"

#include "http/date.h"

#include <algorithm>
#include <array>

namespace awsfed {

namespace {

constexpr std::chrono::minutes trusted_exchange_max(15);
constexpr std::chrono::minutes skew_that_counts(4);
constexpr std::size_t services_max = 16; // of one program; the clock of one that is forgotten is learned anew

constexpr std::array<std::string_view, 7> codes{"RequestTimeTooSkewed",     "RequestExpired", "RequestInTheFuture",
                                                "SignatureDoesNotMatch",    "AuthFailure",    "AccessDeniedException",
                                                "InvalidSignatureException"};

} // namespace

std::optional<Time> service_time(const Response& response, const ExchangeTimes& times) {
    if (!response.header("age").empty() || times.received - times.sent > trusted_exchange_max)
        return std::nullopt;
    return read_http_date(response.header("date"));
}

std::optional<Time> ServiceClock::learn(const Response& response, const ExchangeTimes& times) {
    const std::optional<Time> theirs = service_time(response, times);
    if (!theirs)
        return theirs;
    const Time middle = times.sent + (times.received - times.sent) / 2;
    const auto skew = std::chrono::round<std::chrono::seconds>(*theirs - middle);
    skew_s_.store(skew.count(), std::memory_order_relaxed);
    return theirs;
}

std::shared_ptr<ServiceClock> ServiceClocks::at(const std::string& origin) {
    const std::lock_guard held(mutex_);
    const auto known =
        std::ranges::find(clocks_, origin, &std::pair<std::string, std::shared_ptr<ServiceClock>>::first);
    if (known != clocks_.end())
        return known->second;
    if (clocks_.size() == services_max)
        clocks_.erase(clocks_.begin());
    return clocks_.emplace_back(origin, std::make_shared<ServiceClock>(own_)).second;
}

bool is_clock_fault(std::string_view peer_code, Time signed_at, std::optional<Time> service_time) {
    if (!service_time || std::ranges::find(codes, peer_code) == codes.end())
        return false;
    const auto difference = *service_time - signed_at;
    return difference > skew_that_counts || -difference > skew_that_counts;
}

} // namespace awsfed
