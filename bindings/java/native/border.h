// What every native method needs: Java's texts as bytes, ours as Java's, and failures as exceptions.
#pragma once

#include "awsfed.h"

#include <jni.h>

#include <string>

namespace awsfed::java {

// Looks up what is needed to raise exceptions. False with a Java exception pending.
bool open_border(JNIEnv* env, jclass natives);
void close_border(JNIEnv* env);

// Raises the exception for a failure and frees the error. The caller returns at once: nothing else may be called while
// an exception is pending.
void raise(JNIEnv* env, awsfed_status status, awsfed_error* error);
void raise_java(JNIEnv* env, const char* class_name, const char* message);

// The bytes of an array that holds no secret.
std::string bytes_of(JNIEnv* env, jbyteArray array);

// Null when text is null, or with an exception pending when there is no memory.
jbyteArray array_of(JNIEnv* env, const char* text, std::size_t size);

template <class Object>
Object* object_at(jlong address) {
    return reinterpret_cast<Object*>(address); // NOLINT: Java keeps pointers as numbers
}
inline jlong address_of(const void* object) {
    return reinterpret_cast<jlong>(object); // NOLINT: as above
}

// Runs a native method. What it throws is raised as Java's out-of-memory error.
template <class Body>
auto guarded(JNIEnv* env, Body&& body) noexcept -> decltype(body()) {
    try {
        return body();
    } catch (...) { // only std::bad_alloc is thrown here
        raise_java(env, "java/lang/OutOfMemoryError", "awsfed: not enough native memory");
        return decltype(body())();
    }
}

} // namespace awsfed::java
