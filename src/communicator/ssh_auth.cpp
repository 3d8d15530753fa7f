#include "communicator/ssh_auth.h"

#include "base/file.h"
#include "communicator/ssh_key.h"

namespace kiln {
namespace {

/// A server that keeps asking is not answered for ever.
constexpr int most_questions = 10;

class Login {
  public:
    Login(SshSession& session, const SshConfig& config, const CancelToken& cancel,
          SshSession::Clock::time_point until)
        : session_(session), config_(config), cancel_(cancel), until_(until) {}

    SshLogin run();

  private:
    using Method = bool (Login::*)();

    bool try_all();
    bool try_none();
    bool try_agent();
    bool try_key_file();
    bool try_key_in_memory();
    bool try_key(SshKeyHandle key, const std::string& name);
    bool try_password();
    bool try_questions();
    bool offered(int method) const;
    /// True when the login is complete. A refusal and a partial success go on to the next method.
    bool settle(int result);
    template <class Attempt>
    int drive(const Attempt& attempt);

    SshSession& session_;
    const SshConfig& config_;
    const CancelToken& cancel_;
    SshSession::Clock::time_point until_;
    SshLogin login_;
    std::string attempting_;  // the method under way, as login_.tried names it
};

SshKeyHandle with_certificate(SshKeyHandle key, const std::string& certificate_file);
std::vector<std::string> method_names(int methods);

}  // namespace

SshLogin log_in(SshSession& session, const SshConfig& config, const CancelToken& cancel,
                SshSession::Clock::time_point until) {
    return Login(session, config, cancel, until).run();
}

namespace {

SshLogin Login::run() {
    try {
        login_.accepted = try_all();
        login_.offered = method_names(ssh_userauth_list(session_.raw(), nullptr));
    } catch (const ConnectionLost& error) {
        // Servers hang up after too many refusals; that is a refusal too. A connection that breaks
        // otherwise is not: the installer's sshd may be making way for the installed one.
        const bool told = error.message().find("SSH_MSG_DISCONNECT") != std::string::npos;
        if (!told || attempting_.empty()) throw;
        if (login_.tried.empty() || login_.tried.back() != attempting_) {
            login_.tried.push_back(attempting_);
        }
        login_.disconnected = error.message();
    }
    return std::move(login_);
}

bool Login::try_all() {
    if (try_none()) return true;
    // A partial success changes what is offered; each method looks at the latest offer.
    for (const Method method : {&Login::try_agent, &Login::try_key_file, &Login::try_key_in_memory,
                                &Login::try_password, &Login::try_questions}) {
        if ((this->*method)()) return true;
    }
    return false;
}

/// Asks what is offered; a server may also let anyone in.
bool Login::try_none() {
    const int result = drive([this] { return ssh_userauth_none(session_.raw(), nullptr); });
    if (result == SSH_AUTH_ERROR) throw ConnectionLost(session_.last_error());
    return result == SSH_AUTH_SUCCESS;
}

bool Login::try_agent() {
    if (!config_.agent_auth || !offered(SSH_AUTH_METHOD_PUBLICKEY)) return false;
    attempting_ = "agent";
    return settle(drive([this] { return ssh_userauth_agent(session_.raw(), nullptr); }));
}

bool Login::try_key_file() {
    if (config_.private_key_file.empty() || !offered(SSH_AUTH_METHOD_PUBLICKEY)) return false;
    SshKeyHandle key = load_private_key_file(config_.private_key_file);
    if (!config_.certificate_file.empty()) {
        key = with_certificate(std::move(key), config_.certificate_file);
    }
    return try_key(std::move(key), "key file " + config_.private_key_file);
}

bool Login::try_key_in_memory() {
    if (config_.private_key.empty() || !offered(SSH_AUTH_METHOD_PUBLICKEY)) return false;
    return try_key(parse_private_key(config_.private_key), "temporary key");
}

bool Login::try_key(SshKeyHandle key, const std::string& name) {
    attempting_ = name;
    return settle(
        drive([&] { return ssh_userauth_publickey(session_.raw(), nullptr, key.get()); }));
}

bool Login::try_password() {
    if (config_.password.empty() || !offered(SSH_AUTH_METHOD_PASSWORD)) return false;
    const auto attempt = [this] {
        return ssh_userauth_password(session_.raw(), nullptr, config_.password.c_str());
    };
    attempting_ = "password";
    return settle(drive(attempt));
}

bool Login::try_questions() {
    if (config_.password.empty() || !offered(SSH_AUTH_METHOD_INTERACTIVE)) return false;
    const auto attempt = [this] { return ssh_userauth_kbdint(session_.raw(), nullptr, nullptr); };
    attempting_ = "keyboard-interactive";
    int result = drive(attempt);
    for (int i = 0; result == SSH_AUTH_INFO && i < most_questions; ++i) {
        const int questions = ssh_userauth_kbdint_getnprompts(session_.raw());
        for (int question = 0; question < questions; ++question) {
            ssh_userauth_kbdint_setanswer(session_.raw(), static_cast<unsigned>(question),
                                          config_.password.c_str());
        }
        result = drive(attempt);
    }
    return settle(result == SSH_AUTH_INFO ? SSH_AUTH_DENIED : result);
}

bool Login::offered(int method) const {
    return (ssh_userauth_list(session_.raw(), nullptr) & method) != 0;
}

bool Login::settle(int result) {
    if (result == SSH_AUTH_SUCCESS) return true;
    if (result == SSH_AUTH_PARTIAL) return false;
    login_.tried.push_back(attempting_);
    if (!session_.connected()) throw ConnectionLost(session_.last_error());
    return false;
}

template <class Attempt>
int Login::drive(const Attempt& attempt) {
    const int result = session_.drive(attempt, SSH_AUTH_AGAIN, cancel_, until_);
    if (result == SSH_AUTH_AGAIN) throw ConnectionLost("the server does not answer the login");
    return result;
}

SshKeyHandle with_certificate(SshKeyHandle key, const std::string& certificate_file) {
    const std::string path = expand_home(certificate_file).string();
    ssh_key loaded = nullptr;
    const bool read = ssh_pki_import_cert_file(path.c_str(), &loaded) == SSH_OK;
    const SshKeyHandle certificate(loaded);
    if (!read || ssh_pki_copy_cert_to_privkey(certificate.get(), key.get()) != SSH_OK) {
        throw Error(fmt::format("ssh_certificate_file is invalid: {}", certificate_file))
            .because("it cannot be used with ssh_private_key_file");
    }
    return key;
}

std::vector<std::string> method_names(int methods) {
    std::vector<std::string> names;
    if ((methods & SSH_AUTH_METHOD_PUBLICKEY) != 0) names.emplace_back("publickey");
    if ((methods & SSH_AUTH_METHOD_PASSWORD) != 0) names.emplace_back("password");
    if ((methods & SSH_AUTH_METHOD_INTERACTIVE) != 0) names.emplace_back("keyboard-interactive");
    if ((methods & SSH_AUTH_METHOD_HOSTBASED) != 0) names.emplace_back("hostbased");
    if ((methods & SSH_AUTH_METHOD_GSSAPI_MIC) != 0) names.emplace_back("gssapi-with-mic");
    return names;
}

}  // namespace
}  // namespace kiln
