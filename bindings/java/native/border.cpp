#include "border.h"

namespace awsfed::java {
namespace {

// Of the class io.awsfed.Native of the class loader that loaded us. A library belongs to one loader only.
jclass natives_class = nullptr;
jclass bytes_class = nullptr;
jmethodID raise_method = nullptr;

constexpr awsfed_error_field last_field = AWSFED_ERROR_TRACE;

jobjectArray texts_of(JNIEnv* env, const awsfed_error* error) {
    jobjectArray texts = env->NewObjectArray(last_field + 1, bytes_class, nullptr);
    for (awsfed_error_field field = 0; texts != nullptr && field <= last_field; ++field) {
        std::size_t size = 0;
        const char* text = awsfed_error_text(error, field, &size);
        jbyteArray bytes = array_of(env, text, size);
        if (text != nullptr && bytes == nullptr)
            return nullptr;
        env->SetObjectArrayElement(texts, field, bytes);
        env->DeleteLocalRef(bytes);
    }
    return texts;
}

jclass global_class(JNIEnv* env, jclass local) {
    return local == nullptr ? nullptr : static_cast<jclass>(env->NewGlobalRef(local));
}

} // namespace

bool open_border(JNIEnv* env, jclass natives) {
    natives_class = global_class(env, natives);
    bytes_class = global_class(env, env->FindClass("[B"));
    if (natives_class == nullptr || bytes_class == nullptr)
        return false;
    raise_method = env->GetStaticMethodID(natives_class, "raise", "(IIJ[[B)V");
    return raise_method != nullptr;
}

void close_border(JNIEnv* env) {
    env->DeleteGlobalRef(natives_class);
    env->DeleteGlobalRef(bytes_class);
}

void raise(JNIEnv* env, awsfed_status status, awsfed_error* error) {
    const jint http = awsfed_error_http(error);
    const jlong retry_after = awsfed_error_retry_after_ms(error);
    jobjectArray texts = texts_of(env, error);
    awsfed_error_free(error);
    if (texts != nullptr) // else Java's own out-of-memory error is pending
        env->CallStaticVoidMethod(natives_class, raise_method, static_cast<jint>(status), http, retry_after, texts);
}

void raise_java(JNIEnv* env, const char* class_name, const char* message) {
    if (env->ExceptionCheck())
        return;
    if (jclass type = env->FindClass(class_name); type != nullptr)
        env->ThrowNew(type, message);
}

std::string bytes_of(JNIEnv* env, jbyteArray array) {
    std::string bytes(static_cast<std::size_t>(env->GetArrayLength(array)), '\0');
    env->GetByteArrayRegion(array, 0, static_cast<jsize>(bytes.size()),
                            reinterpret_cast<jbyte*>(bytes.data())); // NOLINT
    return bytes;
}

jbyteArray array_of(JNIEnv* env, const char* text, std::size_t size) {
    if (text == nullptr)
        return nullptr;
    jbyteArray array = env->NewByteArray(static_cast<jsize>(size));
    if (array != nullptr)
        env->SetByteArrayRegion(array, 0, static_cast<jsize>(size), reinterpret_cast<const jbyte*>(text)); // NOLINT
    return array;
}

} // namespace awsfed::java
