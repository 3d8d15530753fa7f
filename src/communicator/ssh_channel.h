#pragma once

#include <memory>
#include <optional>
#include <string>

#include "communicator/byte_stream.h"
#include "communicator/communicator.h"
#include "communicator/ssh_session.h"

namespace kiln {

/// One command, or one subsystem, in the guest. What arrives is taken from libssh at once, so that
/// nothing is lost when the connection breaks right after it. Calls wait under the token given at
/// construction. Must not outlive its session.
class SshChannel : public ByteStream {
  public:
    /// Opens a channel; throws ConnectionLost when the guest does not give one within 30 s.
    SshChannel(SshSession& session, CancelToken cancel);
    SshChannel(const SshChannel&) = delete;
    SshChannel& operator=(const SshChannel&) = delete;

    /// Asks for a terminal before `execute`. It does not echo in effect: nothing is ever typed.
    void request_terminal();
    /// Asks that programs on this channel may use the builder's agent; a refusal is no error.
    void request_agent_forwarding();
    void execute(const std::string& command);
    void start_subsystem(const std::string& name);

    /// Hands on all output until the command ends; returns the status as Communicator::run does.
    int run_to_end(const OutputHandlers& handlers);

    std::size_t read(std::span<char> into) override;
    void write(std::string_view bytes) override;
    void finish() override;
    int wait_for_exit() override;
    std::string error_output() const override { return error_tail_; }

  private:
    struct Free {
        ssh_channel_callbacks callbacks;
        void operator()(ssh_channel channel) const;
    };

    template <class Attempt>
    void request(const Attempt& attempt, std::string_view what);
    bool wait(SshSession::Clock::time_point until);
    bool ended() const;
    void keep_error_output();
    int exit_status() const;

    static int on_data(ssh_session, ssh_channel, void* data, std::uint32_t size, int is_stderr,
                       void* self) noexcept;
    static void on_exit_status(ssh_session, ssh_channel, int status, void* self) noexcept;
    static void on_exit_signal(ssh_session, ssh_channel, const char* signal, int core,
                               const char* message, const char* language, void* self) noexcept;

    SshSession& session_;
    CancelToken cancel_;
    ssh_channel_callbacks_struct callbacks_{};
    std::unique_ptr<ssh_channel_struct, Free> channel_;
    std::string out_;
    std::size_t out_read_ = 0;  // how much of out_ `read` has given away
    std::string error_;
    std::string error_tail_;
    bool flooded_ = false;
    std::optional<int> status_;
};

}  // namespace kiln
