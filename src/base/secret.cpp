#include "base/secret.h"

namespace kiln {
namespace {

constexpr std::string_view replacement = "<sensitive>";

}  // namespace

void SecretRegistry::add(std::string_view secret) {
    const std::lock_guard lock(mutex_);
    if (secret.empty()) return;
    secrets_.emplace(secret);
    std::size_t start = 0;
    while (start < secret.size() && secret.find('\n') != std::string_view::npos) {
        const std::size_t end = std::min(secret.find('\n', start), secret.size());
        std::string_view line = secret.substr(start, end - start);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty()) secrets_.emplace(line);
        start = end + 1;
    }
}

std::string SecretRegistry::redact(std::string_view text) const {
    const std::lock_guard lock(mutex_);
    std::string out(text);
    for (const auto& secret : secrets_) {
        std::size_t at = out.find(secret);
        while (at != std::string::npos) {
            out.replace(at, secret.size(), replacement);
            at = out.find(secret, at + replacement.size());
        }
    }
    return out;
}

void SecretRegistry::clear() {
    const std::lock_guard lock(mutex_);
    secrets_.clear();
}

SecretRegistry& secrets() {
    static SecretRegistry registry;
    return registry;
}

}  // namespace kiln
