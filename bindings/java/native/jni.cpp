// io.awsfed.Jni: carries messages between Java and the library. What is in them is the business of bindings/wire, and
// of the classes Message and Call on Java's side.
#include "wire/calls.h"

#include "awsfed.h"

#include <jni.h>

#include <array>
#include <cstdlib>
#include <cstring>

namespace awsfed::java {
namespace {

// Of the class loader that loaded us: a library belongs to one only. The class itself is not kept, for that would keep
// its loader from ever being collected; whoever calls us brings it.
jmethodID ask_method = nullptr;

constexpr std::size_t length_bytes = sizeof(std::int32_t);

char* memory_of(JNIEnv* env, jobject buffer) { return static_cast<char*>(env->GetDirectBufferAddress(buffer)); }

jbyteArray array_of(JNIEnv* env, std::string_view bytes) {
    jbyteArray array = env->NewByteArray(static_cast<jsize>(bytes.size()));
    if (array != nullptr)
        env->SetByteArrayRegion(array, 0, static_cast<jsize>(bytes.size()),
                                reinterpret_cast<const jbyte*>(bytes.data())); // NOLINT
    return array;
}

// A thread of Java inside a call.
class JavaCaller final : public wire::Caller {
public:
    JavaCaller(JNIEnv* env, jclass jni_class) : env_(env), jni_class_(jni_class) {}

    bool ask(std::string_view question, wire::Bytes& answer) override {
        jbyteArray given = array_of(env_, question);
        if (given == nullptr)
            return failed();
        auto* taken = static_cast<jbyteArray>(env_->CallStaticObjectMethod(jni_class_, ask_method, given));
        env_->DeleteLocalRef(given);
        if (env_->ExceptionCheck() || taken == nullptr)
            return failed();
        answer.resize(static_cast<std::size_t>(env_->GetArrayLength(taken)));
        env_->GetByteArrayRegion(taken, 0, static_cast<jsize>(answer.size()),
                                 reinterpret_cast<jbyte*>(answer.data())); // NOLINT
        env_->DeleteLocalRef(taken);
        return true;
    }

private:
    // Nothing may be pending when the library goes on.
    bool failed() {
        env_->ExceptionClear();
        return false;
    }

    JNIEnv* env_;
    jclass jni_class_;
};

// Length, then message.
void put(char* at, std::string_view message) {
    const auto size = static_cast<std::int32_t>(message.size());
    std::memcpy(at, &size, sizeof size);
    std::memcpy(at + length_bytes, message.data(), message.size());
}

// Null, and an exception is pending.
jobject out_of_memory(JNIEnv* env) {
    jclass type = env->ExceptionCheck() ? nullptr : env->FindClass("java/lang/OutOfMemoryError");
    if (type != nullptr)
        env->ThrowNew(type, "awsfed: not enough native memory");
    return nullptr;
}

jobject new_buffer(JNIEnv* env, std::string_view message) {
    const std::size_t size = length_bytes + message.size();
    auto* memory = static_cast<char*>(std::malloc(size));
    if (memory == nullptr)
        return out_of_memory(env);
    put(memory, message);
    jobject made = env->NewDirectByteBuffer(memory, static_cast<jlong>(size));
    if (made == nullptr) {
        explicit_bzero(memory, size);
        std::free(memory);
    }
    return made;
}

// The answer lies in the buffer afterwards; where it has no room, in a new one, which Java gives to release().
jobject call(JNIEnv* env, jclass jni_class, jobject buffer, jint length) {
    try {
        char* memory = memory_of(env, buffer);
        const auto room = static_cast<std::size_t>(env->GetDirectBufferCapacity(buffer));
        JavaCaller caller(env, jni_class);
        wire::Writer answer;
        wire::answer_call({memory, static_cast<std::size_t>(length)}, answer, caller);
        if (length_bytes + answer.message().size() > room)
            return new_buffer(env, answer.message());
        put(memory, answer.message());
        return nullptr;
    } catch (...) { // only std::bad_alloc is thrown here
        return out_of_memory(env);
    }
}

void release(JNIEnv* env, jclass, jobject buffer) {
    char* memory = memory_of(env, buffer);
    explicit_bzero(memory, static_cast<std::size_t>(env->GetDirectBufferCapacity(buffer)));
    std::free(memory);
}

jbyteArray version(JNIEnv* env, jclass) { return array_of(env, wire::calls_version()); }

// JNI wants char* where it means const char*, and every function as a void*.
template <class Function>
JNINativeMethod method(const char* name, const char* signature, Function* function) {
    return {const_cast<char*>(name), const_cast<char*>(signature), reinterpret_cast<void*>(function)}; // NOLINT
}

bool open(JNIEnv* env) {
    jclass jni_class = env->FindClass("io/awsfed/Jni");
    if (jni_class == nullptr)
        return false;
    ask_method = env->GetStaticMethodID(jni_class, "ask", "([B)[B");
    const std::array methods{
        method("call", "(Ljava/nio/ByteBuffer;I)Ljava/nio/ByteBuffer;", call),
        method("release", "(Ljava/nio/ByteBuffer;)V", release),
        method("version", "()[B", version),
    };
    return ask_method != nullptr &&
           env->RegisterNatives(jni_class, methods.data(), static_cast<jint>(methods.size())) == JNI_OK;
}

} // namespace
} // namespace awsfed::java

extern "C" JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* vm, void*) {
    void* env = nullptr;
    const bool ready = awsfed_abi() == AWSFED_ABI && vm->GetEnv(&env, JNI_VERSION_1_8) == JNI_OK &&
                       awsfed::java::open(static_cast<JNIEnv*>(env));
    return ready ? JNI_VERSION_1_8 : JNI_ERR;
}
