// In place of linking to MIT Kerberos, where the library must also be loaded on machines that have none.
#include "http/kerberos_opened.h"

#include "base/text.h"
#include "http/kerberos_binding.h"

#include <gssapi/gssapi_krb5.h>

#include <dlfcn.h>

#include <array>
#include <iterator>
#include <mutex>

// Each function is one jump to where the library's function of the same name is, so that the callers are the same as
// with linking, and read the same headers. A jump changes no argument, however many there are.
#if defined(__x86_64__)
#define AWSFED_JUMP(place) "jmp *" place "(%rip)\n"
#elif defined(__aarch64__)
#define AWSFED_JUMP(place) "adrp x16, " place "\nldr x16, [x16, :lo12:" place "]\nbr x16\n" // x16 is free for this
#else
#error "no jump is known for this processor: link to Kerberos (meson -Dkerberos=linked)"
#endif

#define AWSFED_KERBEROS(library, name)                                                                            \
    extern "C" {                                                                                                  \
    [[gnu::used, gnu::visibility("hidden")]] void* awsfed_place_of_##name = nullptr;                              \
    }                                                                                                             \
    asm(".pushsection .text\n.balign 16\n.globl " #name "\n.hidden " #name "\n.type " #name ", %function\n" #name \
        ":\n" AWSFED_JUMP("awsfed_place_of_" #name) ".size " #name ", .-" #name "\n.popsection\n");
#include "http/kerberos_functions.def"
#undef AWSFED_KERBEROS

// The two names of RFC 4121 and RFC 1964 that are data there: 1.2.840.113554.1.2.2 and 1.2.840.113554.1.2.2.1.
namespace {
gss_OID_desc mechanism{9, const_cast<char*>("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02")};           // NOLINT
gss_OID_desc principal_name{10, const_cast<char*>("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01")}; // NOLINT
} // namespace
extern "C" const gss_OID gss_mech_krb5 = &mechanism;
extern "C" const gss_OID GSS_KRB5_NT_PRINCIPAL_NAME = &principal_name;

namespace awsfed::kerberos {

namespace {

struct Function {
    const char* KerberosFiles::* file;
    const char* name;
    void** place;
};
constexpr Function functions[] = {
#define AWSFED_KERBEROS(library, name) {&KerberosFiles::library, #name, &awsfed_place_of_##name},
#include "http/kerberos_functions.def"
#undef AWSFED_KERBEROS
};

Failure absent(std::string_view why) {
    return fail(Code::kerberos_failed, "Kerberos cannot be used here: {}.", printable(why))
        .advice("Install MIT Kerberos on this machine (libgssapi-krb5-2 of Debian and Ubuntu, krb5-libs of Red Hat, "
                "krb5 of SUSE), or set another adfs_method.");
}

// Never closed: Kerberos keeps modules and thread-local data of its own.
Result<void*> opened(const char* file) {
    void* library = ::dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
        return absent(::dlerror()); // NOLINT(concurrency-mt-unsafe): of this thread, in glibc and musl
    return library;
}

} // namespace

Result<void> open_kerberos(const KerberosFiles& files) {
    AWSFED_TRY(void* const krb5, opened(files.krb5));
    AWSFED_TRY(void* const gssapi, opened(files.gssapi));
    std::array<void*, std::size(functions)> found{};
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto& [file, name, place] = functions[i];
        found[i] = ::dlsym(file == &KerberosFiles::krb5 ? krb5 : gssapi, name);
        if (found[i] == nullptr)
            return absent(fmt::format("{} is too old, or not MIT's: it has no {}", files.*file, name));
    }
    for (std::size_t i = 0; i < found.size(); ++i)
        *functions[i].place = found[i];
    return {};
}

Result<void> have_kerberos() {
    static std::mutex mutex;
    static bool is_open = false;
    const std::lock_guard lock(mutex);
    if (!is_open) {
        AWSFED_CHECK(open_kerberos({}));
        is_open = true;
    }
    return {};
}

} // namespace awsfed::kerberos
