#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace kiln {

/// Knows every secret of the process (sensitive variables, passwords, private keys) and takes them
/// out of texts. Secrets are registered where they are born; events, logs and errors pass through
/// `redact` on their way out. Thread-safe.
class SecretRegistry {
  public:
    /// Registers a value, and each of its lines when it has several (CRLF or LF). Empty values and
    /// empty lines are not registered.
    void add(std::string_view secret);
    /// Registers the value of a sensitive option, such as a password written into a template. It is
    /// taken out where it stands as a word of its own: passwords of lab images are everyday words,
    /// and texts in which parts of other words are missing cannot be read. One or two characters
    /// are not registered: hiding them would hide nothing.
    void add_word(std::string_view secret);
    /// The text with every occurrence of a secret replaced by `<sensitive>`, longest secrets first.
    std::string redact(std::string_view text) const;
    void clear();

  private:
    struct LongerFirst {
        bool operator()(const std::string& a, const std::string& b) const {
            return a.size() != b.size() ? a.size() > b.size() : a < b;
        }
    };

    void insert(std::string_view secret, bool as_word);

    mutable std::mutex mutex_;
    /// The value tells whether it is hidden only as a word of its own.
    std::map<std::string, bool, LongerFirst> secrets_;
};

/// The registry of this process.
SecretRegistry& secrets();

}  // namespace kiln
