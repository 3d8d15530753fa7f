#include "base/secret.h"

#include <cctype>

namespace kiln {
namespace {

constexpr std::string_view replacement = "<sensitive>";
constexpr std::size_t shortest_word = 3;

bool continues_word(char c) {
    return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool is_word(std::string_view text, std::size_t at, std::size_t size) {
    const std::size_t end = at + size;
    const bool starts = at == 0 || !continues_word(text[at]) || !continues_word(text[at - 1]);
    const bool ends =
        end == text.size() || !continues_word(text[end - 1]) || !continues_word(text[end]);
    return starts && ends;
}

}  // namespace

void SecretRegistry::add(std::string_view secret) {
    const std::lock_guard lock(mutex_);
    if (secret.empty()) return;
    insert(secret, false);
    std::size_t start = 0;
    while (start < secret.size() && secret.find('\n') != std::string_view::npos) {
        const std::size_t end = std::min(secret.find('\n', start), secret.size());
        std::string_view line = secret.substr(start, end - start);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty()) insert(line, false);
        start = end + 1;
    }
}

void SecretRegistry::add_word(std::string_view secret) {
    const std::lock_guard lock(mutex_);
    if (secret.size() >= shortest_word) insert(secret, true);
}

std::string SecretRegistry::redact(std::string_view text) const {
    const std::lock_guard lock(mutex_);
    std::string out(text);
    for (const auto& [secret, as_word] : secrets_) {
        std::size_t at = out.find(secret);
        while (at != std::string::npos) {
            const bool hidden = !as_word || is_word(out, at, secret.size());
            if (hidden) out.replace(at, secret.size(), replacement);
            at = out.find(secret, at + (hidden ? replacement.size() : 1));
        }
    }
    return out;
}

void SecretRegistry::clear() {
    const std::lock_guard lock(mutex_);
    secrets_.clear();
}

void SecretRegistry::insert(std::string_view secret, bool as_word) {
    const auto [place, added] = secrets_.emplace(secret, as_word);
    if (!added) place->second = place->second && as_word;
}

SecretRegistry& secrets() {
    static SecretRegistry registry;
    return registry;
}

}  // namespace kiln
