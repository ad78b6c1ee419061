// The native methods of io.awsfed.Native: each copies its arguments, calls one function of awsfed.h and raises what
// failed.
#include "border.h"
#include "locked_bytes.h"
#include "utf16.h"

#include <array>

namespace awsfed::java {
namespace {

// f(&made, &error) makes an object; its address goes to Java.
template <class Object, class Make>
jlong made_by(JNIEnv* env, Make&& make) {
    Object* made = nullptr;
    awsfed_error* error = nullptr;
    if (const awsfed_status status = make(&made, &error); status != AWSFED_OK)
        raise(env, status, error);
    return address_of(made);
}

// f(&error) does something.
template <class Call>
void done_by(JNIEnv* env, Call&& call) {
    awsfed_error* error = nullptr;
    if (const awsfed_status status = call(&error); status != AWSFED_OK)
        raise(env, status, error);
}

jint abi(JNIEnv*, jclass) { return static_cast<jint>(awsfed_abi()); }

jbyteArray version(JNIEnv* env, jclass) {
    const std::string_view text = awsfed_version();
    return array_of(env, text.data(), text.size());
}

// ---- settings ----------------------------------------------------------------------------------

jlong settings_new(JNIEnv* env, jclass) { return made_by<awsfed_settings>(env, awsfed_settings_new); }

void settings_free(JNIEnv*, jclass, jlong settings) { awsfed_settings_free(object_at<awsfed_settings>(settings)); }

template <auto function>
void settings_with_two_texts(JNIEnv* env, jclass, jlong settings, jbyteArray one, jbyteArray two) {
    guarded(env, [&] {
        const std::string first = bytes_of(env, one);
        const std::string second = bytes_of(env, two);
        done_by(env, [&](awsfed_error** error) {
            return function(object_at<awsfed_settings>(settings), first.data(), first.size(), second.data(),
                            second.size(), error);
        });
    });
}

void put_secret(JNIEnv* env, jlong settings, jbyteArray name, const void* value, std::size_t size) {
    const std::string key = bytes_of(env, name);
    done_by(env, [&](awsfed_error** error) {
        return awsfed_settings_set_secret(object_at<awsfed_settings>(settings), key.data(), key.size(), value, size,
                                          error);
    });
}

void settings_set_secret(JNIEnv* env, jclass, jlong settings, jbyteArray name, jcharArray value) {
    guarded(env, [&] {
        const auto length = static_cast<std::size_t>(env->GetArrayLength(value));
        LockedBytes wide(length * sizeof(jchar));
        LockedBytes narrow(length * 3);
        auto* characters = static_cast<jchar*>(wide.data());
        auto* bytes = static_cast<char*>(narrow.data());
        env->GetCharArrayRegion(value, 0, static_cast<jsize>(length), characters);
        if (const auto size = utf16_to_utf8(characters, length, bytes))
            put_secret(env, settings, name, bytes, *size);
        else
            raise_java(env, "java/lang/IllegalArgumentException", "A secret is not well-formed Unicode.");
    });
}

void settings_set_secret_bytes(JNIEnv* env, jclass, jlong settings, jbyteArray name, jbyteArray value) {
    guarded(env, [&] {
        const jsize length = env->GetArrayLength(value);
        LockedBytes bytes(static_cast<std::size_t>(length));
        env->GetByteArrayRegion(value, 0, length, static_cast<jbyte*>(bytes.data()));
        put_secret(env, settings, name, bytes.data(), static_cast<std::size_t>(length));
    });
}

// ---- context and cancel ------------------------------------------------------------------------

jlong context_new(JNIEnv* env, jclass, jlong settings) {
    return made_by<awsfed_context>(env, [&](awsfed_context** made, awsfed_error** error) {
        return awsfed_context_new(AWSFED_ABI, object_at<awsfed_settings>(settings), made, error);
    });
}

void context_free(JNIEnv*, jclass, jlong context) { awsfed_context_free(object_at<awsfed_context>(context)); }

jlong obtain(JNIEnv* env, jclass, jlong context, jlong settings, jlong cancel) {
    return made_by<awsfed_credentials>(env, [&](awsfed_credentials** made, awsfed_error** error) {
        return awsfed_obtain(object_at<awsfed_context>(context), object_at<awsfed_settings>(settings),
                             object_at<awsfed_cancel>(cancel), made, error);
    });
}

jlong cancel_new(JNIEnv* env, jclass) { return made_by<awsfed_cancel>(env, awsfed_cancel_new); }

void cancel_now(JNIEnv*, jclass, jlong cancel) { awsfed_cancel_now(object_at<awsfed_cancel>(cancel)); }

void cancel_free(JNIEnv*, jclass, jlong cancel) { awsfed_cancel_free(object_at<awsfed_cancel>(cancel)); }

// ---- credentials -------------------------------------------------------------------------------

jbyteArray credentials_text(JNIEnv* env, jclass, jlong credentials, jint field) {
    std::size_t size = 0;
    const char* text = awsfed_credentials_text(object_at<awsfed_credentials>(credentials), field, &size);
    return array_of(env, text, size);
}

jlong credentials_expires_ms(JNIEnv*, jclass, jlong credentials) {
    return awsfed_credentials_expires_ms(object_at<awsfed_credentials>(credentials));
}

jbyteArray credentials_format(JNIEnv* env, jclass, jlong credentials, jbyteArray format) {
    return guarded(env, [&]() -> jbyteArray {
        const std::string name = bytes_of(env, format);
        const char* text = nullptr;
        std::size_t size = 0;
        awsfed_error* error = nullptr;
        const awsfed_status status = awsfed_credentials_format(object_at<awsfed_credentials>(credentials), name.data(),
                                                               name.size(), &text, &size, &error);
        if (status == AWSFED_OK)
            return array_of(env, text, size);
        raise(env, status, error);
        return nullptr;
    });
}

void credentials_free(JNIEnv*, jclass, jlong credentials) {
    awsfed_credentials_free(object_at<awsfed_credentials>(credentials));
}

// JNI wants char* where it means const char*, and every function as a void*.
template <class Function>
JNINativeMethod method(const char* name, const char* signature, Function* function) {
    return {const_cast<char*>(name), const_cast<char*>(signature), reinterpret_cast<void*>(function)}; // NOLINT
}

bool register_all(JNIEnv* env, jclass natives) {
    const std::array methods{
        method("abi", "()I", abi),
        method("version", "()[B", version),
        method("settingsNew", "()J", settings_new),
        method("settingsFree", "(J)V", settings_free),
        method("settingsSet", "(J[B[B)V", settings_with_two_texts<awsfed_settings_set>),
        method("settingsOverride", "(J[B[B)V", settings_with_two_texts<awsfed_settings_override>),
        method("settingsLoad", "(J[B[B)V", settings_with_two_texts<awsfed_settings_load>),
        method("settingsSetSecret", "(J[B[C)V", settings_set_secret),
        method("settingsSetSecretBytes", "(J[B[B)V", settings_set_secret_bytes),
        method("contextNew", "(J)J", context_new),
        method("contextFree", "(J)V", context_free),
        method("obtain", "(JJJ)J", obtain),
        method("cancelNew", "()J", cancel_new),
        method("cancelNow", "(J)V", cancel_now),
        method("cancelFree", "(J)V", cancel_free),
        method("credentialsText", "(JI)[B", credentials_text),
        method("credentialsExpiresMs", "(J)J", credentials_expires_ms),
        method("credentialsFormat", "(J[B)[B", credentials_format),
        method("credentialsFree", "(J)V", credentials_free),
    };
    return env->RegisterNatives(natives, methods.data(), static_cast<jint>(methods.size())) == JNI_OK;
}

} // namespace
} // namespace awsfed::java

extern "C" JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* vm, void*) {
    void* env = nullptr;
    if (awsfed_abi() != AWSFED_ABI || vm->GetEnv(&env, JNI_VERSION_1_8) != JNI_OK)
        return JNI_ERR;
    auto* java = static_cast<JNIEnv*>(env);
    jclass natives = java->FindClass("io/awsfed/Native");
    const bool ready =
        natives != nullptr && awsfed::java::open_border(java, natives) && awsfed::java::register_all(java, natives);
    return ready ? JNI_VERSION_1_8 : JNI_ERR;
}

extern "C" JNIEXPORT void JNICALL JNI_OnUnload(JavaVM* vm, void*) {
    void* env = nullptr;
    if (vm->GetEnv(&env, JNI_VERSION_1_8) == JNI_OK)
        awsfed::java::close_border(static_cast<JNIEnv*>(env));
}
