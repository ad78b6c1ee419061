// From a user's password and a role to AWS credentials: c++ obtain.cpp $(pkg-config --cflags --libs awsfed)
#include <awsfed.hpp>

#include <iostream>

int main() {
    try {
        awsfed::Settings settings;
        settings.load("/etc/awsfed/config", "deploy").set_secret("password", "from your own credential store");
        awsfed::Credentials keys = awsfed::Context(settings).obtain();
        std::cout << keys.format("sh");
    } catch (const awsfed::Error& error) {
        std::cerr << error.message() << '\n' << error.advice() << '\n';
        return 1;
    }
}
