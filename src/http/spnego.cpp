#include "http/spnego.h"

#include "base/base64.h"
#include "base/text.h"

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

namespace awsfed {

namespace {

gss_OID_desc spnego_oid{6, const_cast<char*>("\x2b\x06\x01\x05\x05\x02")}; // NOLINT: GSSAPI writes none of them

gss_buffer_desc buffer_of(std::string_view bytes) {
    return {bytes.size(), const_cast<char*>(bytes.data())}; // NOLINT: nor these
}

std::string words_of(OM_uint32 status, int kind) {
    OM_uint32 minor = 0;
    OM_uint32 more = 0;
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    if (GSS_ERROR(gss_display_status(&minor, status, kind, gss_mech_krb5, &more, &text)))
        return "no reason is given";
    std::string words = printable({static_cast<const char*>(text.value), text.length});
    gss_release_buffer(&minor, &text);
    return words;
}

Failure failure_of(OM_uint32 major, OM_uint32 minor, const std::string& service) {
    return fail(Code::kerberos_failed, "Kerberos makes no token for {}: {}.", printable(service),
                minor != 0 ? words_of(minor, GSS_C_MECH_CODE) : words_of(major, GSS_C_GSS_CODE));
}

// What GSSAPI made, until it is given back.
struct Made {
    gss_name_t name = GSS_C_NO_NAME;
    gss_cred_id_t owner = GSS_C_NO_CREDENTIAL;
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_buffer_desc token = GSS_C_EMPTY_BUFFER;

    Made() = default;
    Made(const Made&) = delete;
    Made& operator=(const Made&) = delete;
    ~Made() {
        OM_uint32 minor = 0;
        gss_release_buffer(&minor, &token);
        gss_delete_sec_context(&minor, &context, GSS_C_NO_BUFFER);
        gss_release_cred(&minor, &owner);
        gss_release_name(&minor, &name);
    }
};

} // namespace

Result<Secret> spnego_token(const std::string& cache, const std::string& service, std::string_view binding) {
    Made made;
    OM_uint32 minor = 0;
    gss_buffer_desc text = buffer_of(service);
    OM_uint32 major = gss_import_name(&minor, &text, GSS_KRB5_NT_PRINCIPAL_NAME, &made.name);
    if (GSS_ERROR(major))
        return failure_of(major, minor, service);

    // A cache by its name, so that the thread's own default stays what it is.
    gss_key_value_element_desc place{"ccache", cache.c_str()};
    const gss_key_value_set_desc store{1, &place};
    gss_OID_set_desc spnego{1, &spnego_oid};
    major = gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &spnego, GSS_C_INITIATE, &store, &made.owner,
                                  nullptr, nullptr);
    gss_OID_set_desc kerberos{1, gss_mech_krb5};
    if (!GSS_ERROR(major)) // not NTLM, where the machine has that too
        major = gss_set_neg_mechs(&minor, made.owner, &kerberos);
    if (GSS_ERROR(major))
        return failure_of(major, minor, service);

    gss_channel_bindings_struct bindings{};
    bindings.application_data = buffer_of(binding);
    // Without mutual authentication, which would take another leg: TLS has proved who the server is.
    major = gss_init_sec_context(&minor, made.owner, &made.context, made.name, &spnego_oid, GSS_C_REPLAY_FLAG, 0,
                                 binding.empty() ? GSS_C_NO_CHANNEL_BINDINGS : &bindings, GSS_C_NO_BUFFER, nullptr,
                                 &made.token, nullptr, nullptr);
    if (GSS_ERROR(major))
        return failure_of(major, minor, service);
    return base64_encode({static_cast<const char*>(made.token.value), made.token.length});
}

} // namespace awsfed
