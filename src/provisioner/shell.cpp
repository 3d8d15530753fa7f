#include "provisioner/shell.h"

#include <functional>
#include <random>

#include "base/file.h"
#include "engine/late_text.h"
#include "provisioner/script_source.h"

namespace kiln {
namespace {

constexpr std::size_t script_limit = std::size_t{64} << 20;

// One run of the provisioner: its remote files and the steps around them.
class Run {
  public:
    Run(const ShellOptions& options, const PrepareContext& prepared, BuildContext& context,
        Communicator& communicator, const Setting::Map& data)
        : options_(options),
          prepared_(prepared),
          context_(context),
          communicator_(communicator),
          data_(data) {}

    void run();

  private:
    // What is sent: bytes, or a file that goes as it is.
    struct Script {
        std::string name;
        std::string bytes;
        bool as_file = false;  ///< the file `name`, byte by byte
    };

    std::vector<Script> scripts() const;
    void upload_environment();
    void run_script(const Script& script);
    void send(const Script& script);
    void make_mode(const std::string& mode, const std::string& path);
    void judge(int exit_status) const;
    void remove(const std::string& path);
    void retry(std::string_view what, const std::function<void()>& attempt);
    int run_silently(const std::string& command);
    std::string command() const;

    const ShellOptions& options_;
    const PrepareContext& prepared_;
    BuildContext& context_;
    Communicator& communicator_;
    const Setting::Map& data_;
    std::string variables_;
    std::string environment_file_;
};

std::string random_number();

}  // namespace

Schema<ShellOptions> shell_schema() {
    using O = ShellOptions;
    return Schema<O>("shell", "Runs shell commands or scripts in the guest.")
        .include(&O::script, script_options_schema())
        .option("binary", &O::binary,
                "Send script files byte by byte. Otherwise line ends become LF.")
        .option("execute_command", &O::execute_command,
                "The command line that runs an uploaded script: `{{.Path}}` is the script, "
                "`{{.Vars}}` the variables, `{{.EnvVarFile}}` the file that holds them.")
        .rendered_late()
        .default_is(
            "\"chmod +x {{.Path}}; {{.Vars}} {{.Path}}\", with use_env_var_file "
            "\"chmod +x {{.Path}}; . {{.EnvVarFile}} && {{.Path}}\"")
        .option("inline_shebang", &O::inline_shebang,
                "The interpreter of the `inline` script, without `#!`. By default, commands that "
                "begin with a `#!` line keep it.")
        .default_is("\"/bin/sh -e\"")
        .option("remote_folder", &O::remote_folder, "Directory in the guest for uploaded files.")
        .option("remote_file", &O::remote_file, "Name of the script in `remote_folder`.")
        .default_is("\"script_N.sh\" with a random number N")
        .option("remote_path", &O::remote_path,
                "Full path of the script in the guest, used for one script after another.")
        .default_is("remote_folder/remote_file")
        .option("use_env_var_file", &O::use_env_var_file,
                "Send the variables as a file of mode 0600 that the script's shell reads, so that "
                "the guest's process list does not show them.")
        .option("start_retry_timeout", &O::start_retry_timeout,
                "For how long to try again when a script cannot be sent or started, as after a "
                "reboot. A script that ran and failed is not run again.")
        .option("skip_clean", &O::skip_clean, "Leave the uploaded files in the guest.")
        .option("expect_disconnect", &O::expect_disconnect,
                "A script may break the connection, as a reboot does.")
        .option("pause_after", &O::pause_after, "How long to wait after the scripts.")
        .check([](const O& options, Problems& problems) {
            check_script_source(options.script, problems);
        });
}

void ShellProvisioner::complete(ShellOptions& options, const PrepareContext&, Problems& problems) {
    check_script_files(options.script, problems);
    check_late_text("execute_command", options.execute_command, problems);
    const bool file = options.use_env_var_file;
    if (options.execute_command.empty()) {
        options.execute_command = file ? "chmod +x {{.Path}}; . {{.EnvVarFile}} && {{.Path}}"
                                       : "chmod +x {{.Path}}; {{.Vars}} {{.Path}}";
    }
    if (options.script.env_var_format.empty()) {
        options.script.env_var_format = file ? "export %s='%s'\n" : "%s='%s' ";
    }
    if (options.remote_file.empty()) options.remote_file = "script_" + random_number() + ".sh";
    if (options.remote_path.empty()) {
        options.remote_path = options.remote_folder + "/" + options.remote_file;
    }
}

void ShellProvisioner::provision(BuildContext& context, Communicator& communicator,
                                 const Setting::Map& data) {
    Run(options(), prepared(), context, communicator, data).run();
    if (options().pause_after <= Duration::zero()) return;
    context.report.say(fmt::format("Pausing {} after this provisioner...",
                                   format_duration(options().pause_after)));
    if (context.cancel.wait_for(options().pause_after)) context.cancel.throw_if_cancelled();
}

std::string to_unix_lines(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
        out += text[i];
    }
    if (!out.empty() && out.back() == '\r') out.pop_back();
    if (!out.empty() && out.back() != '\n') out += '\n';
    return out;
}

namespace {

void Run::run() {
    variables_ = format_environment(script_environment(options_.script, prepared_, data_),
                                    options_.script.env_var_format);
    if (options_.use_env_var_file) upload_environment();
    for (const Script& script : scripts()) run_script(script);
    if (!environment_file_.empty() && !options_.skip_clean) remove(environment_file_);
}

std::vector<Run::Script> Run::scripts() const {
    if (!options_.script.inline_commands.empty()) {
        return {{"inline",
                 to_unix_lines(
                     inline_script(options_.script, options_.inline_shebang, prepared_, data_)),
                 false}};
    }
    std::vector<Script> list;
    for (const auto& file : options_.script.files()) {
        if (options_.binary)
            list.push_back({file, {}, true});
        else
            list.push_back({file, to_unix_lines(read_file(file, script_limit)), false});
    }
    return list;
}

void Run::upload_environment() {
    environment_file_ = fmt::format("{}/varfile_{}.sh", options_.remote_folder, random_number());
    retry("send the file of variables", [&] {
        communicator_.upload_bytes(variables_, environment_file_, context_.cancel);
        make_mode("0600", environment_file_);
    });
}

void Run::run_script(const Script& script) {
    context_.report.say(fmt::format("Provisioning with shell script: {}", script.name));
    const std::string line = command();
    const OutputHandlers handlers = {[&](std::string_view text) { context_.report.say(text); },
                                     [&](std::string_view text) { context_.report.error(text); }};
    int exit_status = 0;
    retry("run the script", [&] {
        send(script);
        make_mode("0755", options_.remote_path);
        exit_status = communicator_.run(line, handlers, context_.cancel);
    });
    judge(exit_status);
    if (!options_.skip_clean) remove(options_.remote_path);
}

void Run::send(const Script& script) {
    const std::string& remote = options_.remote_path;
    if (script.as_file) {
        const auto ignore_progress = [](std::uint64_t, std::uint64_t) {};
        communicator_.upload_file(script.name, remote, ignore_progress, context_.cancel);
    } else {
        communicator_.upload_bytes(script.bytes, remote, context_.cancel);
    }
}

void Run::make_mode(const std::string& mode, const std::string& path) {
    if (run_silently(fmt::format("chmod {} {}", mode, path)) == exit_status_disconnected) {
        throw Error(fmt::format("the connection broke while {} got its mode", path));
    }
}

void Run::judge(int exit_status) const {
    if (exit_status == exit_status_disconnected) {
        if (options_.expect_disconnect || options_.script.accepts(exit_status)) return;
        throw Error("Script disconnected unexpectedly")
            .with_hint(
                "If the script is meant to break the connection, as a reboot does, set "
                "`expect_disconnect = true` or `valid_exit_codes = [0, 2300218]`.");
    }
    require_accepted(options_.script, exit_status);
}

void Run::remove(const std::string& path) {
    int exit_status = 0;
    retry("remove the temporary script", [&] {
        exit_status = run_silently("rm -f " + path);
        if (exit_status == exit_status_disconnected) {
            throw Error("the connection broke while a temporary file was removed");
        }
    });
    if (exit_status != 0) throw Error(fmt::format("Error removing temporary script at {}!", path));
}

// Tries until it works or the time is over. Only failures to reach the guest come as exceptions.
void Run::retry(std::string_view what, const std::function<void()>& attempt) {
    constexpr auto interval = std::chrono::seconds(2);
    const auto end = std::chrono::steady_clock::now() + options_.start_retry_timeout;
    std::string told;
    while (true) {
        try {
            return attempt();
        } catch (const Cancelled&) {
            throw;
        } catch (const std::exception& error) {
            context_.cancel.throw_if_cancelled();
            if (std::chrono::steady_clock::now() + interval > end) {
                throw Error(fmt::format("could not {} within {}", what,
                                        format_duration(options_.start_retry_timeout)))
                    .because(error);
            }
            if (told != error.what()) {
                told = error.what();
                context_.report.say(
                    fmt::format("Could not {} yet: {}; trying again...", what, told));
            }
        }
        if (context_.cancel.wait_for(interval)) context_.cancel.throw_if_cancelled();
    }
}

int Run::run_silently(const std::string& command) {
    const auto ignore = [](std::string_view) {};
    return communicator_.run(command, {ignore, ignore}, context_.cancel);
}

std::string Run::command() const {
    Setting::Map fields = data_;
    fields["Vars"] = variables_;
    fields["EnvVarFile"] = environment_file_;
    fields["Path"] = options_.remote_path;
    return render_late(options_.execute_command, prepared_, fields);
}

std::string random_number() {
    std::random_device source;
    return std::to_string(std::uniform_int_distribution<int>(0, 9998)(source));
}

}  // namespace
}  // namespace kiln
