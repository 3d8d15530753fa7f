#include "datasource/git.h"

#include "base/process.h"
#include "hcl/syntax/text.h"

namespace kiln {
namespace {

constexpr Duration git_limit = std::chrono::minutes(1);

// One repository, asked through the program git.
class Git {
  public:
    Git(std::string directory, const CancelToken& cancel)
        : directory_(std::move(directory)), cancel_(cancel) {}

    /// What the command printed. Throws Error with what git says.
    std::string run(std::vector<std::string> arguments) const;
    /// The same, without white space at the end.
    std::string line(std::vector<std::string> arguments) const;
    /// The same, cut at `separator`.
    Setting::List list(std::vector<std::string> arguments, char separator = '\n') const;
    /// The hash of a commit by any of its names.
    std::string commit(const std::string& name) const;

  private:
    std::string directory_;
    const CancelToken& cancel_;
};

void declare_commit(Schema<GitCommitOptions>& schema);
std::vector<std::string> cut(const std::string& text, char separator);
std::string signature_of(const std::string& raw_commit);

}  // namespace

Schema<GitRepositoryOptions> git_repository_schema() {
    using O = GitRepositoryOptions;
    Schema<O> schema("git-repository", "Tells of the git repository that a directory is in.");
    schema.option("path", &O::path, "A directory in the repository.")
        .output("head", OptionType::String, "The short name of where HEAD is.")
        .output("branches", OptionType::StringList, "The branches.")
        .output("tags", OptionType::StringList, "The tags.")
        .output("is_clean", OptionType::Bool, "Whether nothing is changed in the working tree.");
    return schema;
}

Schema<GitCommitOptions> git_commit_schema() {
    Schema<GitCommitOptions> schema("git-commit", "Tells of a commit of a git repository.");
    declare_commit(schema);
    schema.output("hash", OptionType::String, "The commit's hash.")
        .output("branches", OptionType::StringList, "The branches that are at the commit.")
        .output("author", OptionType::String, "The author: \"Name <address>\".")
        .output("committer", OptionType::String, "Who committed it: \"Name <address>\".")
        .output("timestamp", OptionType::String, "When it was committed.")
        .output("pgp_signature", OptionType::String, "The commit's signature.")
        .output("message", OptionType::String, "The commit's message.")
        .output("tree_hash", OptionType::String, "The hash of its tree.")
        .output("parent_hashes", OptionType::StringList, "The hashes of its parents.");
    return schema;
}

Schema<GitCommitOptions> git_tree_schema() {
    Schema<GitCommitOptions> schema("git-tree", "Tells which files a commit has.");
    declare_commit(schema);
    schema.output("hash", OptionType::String, "The commit's hash.")
        .output("files", OptionType::StringList, "The paths of its files.");
    return schema;
}

Setting::Map GitRepositoryDataSource::read(const CancelToken& cancel) {
    const Git git(options().path, cancel);
    const auto refs = [&](const char* under) {
        return git.list({"for-each-ref", "--format=%(refname:short)", under});
    };
    return {{"head", git.line({"rev-parse", "--abbrev-ref", "HEAD"})},
            {"branches", refs("refs/heads")},
            {"tags", refs("refs/tags")},
            {"is_clean", git.run({"status", "--porcelain"}).empty()}};
}

Setting::Map GitCommitDataSource::read(const CancelToken& cancel) {
    const Git git(options().path, cancel);
    const std::string hash = git.commit(options().commit_ish);
    constexpr std::size_t part_count = 6;
    const auto parts =
        cut(git.run({"log", "-1", "--no-show-signature",
                     "--format=%an <%ae>%x00%cn <%ce>%x00%cI%x00%T%x00%P%x00%B", hash}),
            '\0');
    if (parts.size() != part_count) throw Error("git log printed something unexpected");
    Setting::List parents;
    for (const auto& parent : cut(parts[4], ' ')) parents.emplace_back(parent);
    // git log ends what it prints with one line end of its own.
    const std::string& message = parts[5];
    return {{"hash", hash},
            {"branches", git.list({"for-each-ref", "--points-at", hash, "--format=%(refname:short)",
                                   "refs/heads"})},
            {"author", parts[0]},
            {"committer", parts[1]},
            {"timestamp", parts[2]},
            {"pgp_signature", signature_of(git.run({"cat-file", "commit", hash}))},
            {"message", message.substr(0, message.empty() ? 0 : message.size() - 1)},
            {"tree_hash", parts[3]},
            {"parent_hashes", parents}};
}

Setting::Map GitTreeDataSource::read(const CancelToken& cancel) {
    const Git git(options().path, cancel);
    const std::string hash = git.commit(options().commit_ish);
    return {{"hash", hash},
            {"files", git.list({"ls-tree", "-r", "-z", "--full-tree", "--name-only", hash}, '\0')}};
}

namespace {

std::string Git::run(std::vector<std::string> arguments) const {
    ProcessSpec spec;
    spec.program = "git";
    spec.arguments = {"-C", directory_};
    spec.arguments.insert(spec.arguments.end(), arguments.begin(), arguments.end());
    spec.environment = {{"GIT_OPTIONAL_LOCKS", "0"}, {"GIT_TERMINAL_PROMPT", "0"}, {"LC_ALL", "C"}};
    const ProcessOutput output = run_process(spec, cancel_, git_limit);
    if (!output.status.success()) {
        throw Error(fmt::format("git {} failed in {}", arguments.front(), directory_))
            .because(output.err.empty() ? output.status.to_string() : output.err);
    }
    if (!hcl::is_valid_utf8(output.out)) {
        throw Error(fmt::format("git {} printed what is not UTF-8 text", arguments.front()));
    }
    return output.out;
}

std::string Git::line(std::vector<std::string> arguments) const {
    std::string text = run(std::move(arguments));
    text.erase(text.find_last_not_of(" \n") + 1);
    return text;
}

Setting::List Git::list(std::vector<std::string> arguments, char separator) const {
    Setting::List items;
    for (auto& item : cut(run(std::move(arguments)), separator))
        items.emplace_back(std::move(item));
    if (!items.empty() && items.back().as_string()->empty()) items.pop_back();
    return items;
}

std::string Git::commit(const std::string& name) const {
    return line({"rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"});
}

void declare_commit(Schema<GitCommitOptions>& schema) {
    using O = GitCommitOptions;
    schema.option("path", &O::path, "A directory in the repository.")
        .option("commit_ish", &O::commit_ish, "The commit: a hash, a branch, a tag, HEAD~1.");
}

// An empty text has no parts.
std::vector<std::string> cut(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::size_t start = 0;
    while (!text.empty()) {
        const std::size_t end = text.find(separator, start);
        parts.push_back(text.substr(start, end - start));
        if (end == std::string::npos) break;
        start = end + 1;
    }
    return parts;
}

// The value of the header gpgsig, whose further lines are indented by a blank.
std::string signature_of(const std::string& raw_commit) {
    constexpr std::string_view header = "gpgsig ";
    std::string signature;
    bool inside = false;
    for (const std::string& line : cut(raw_commit, '\n')) {
        if (line.empty()) break;
        if (line.starts_with(header)) {
            inside = true;
            signature = line.substr(header.size()) + "\n";
        } else if (inside && line.front() == ' ') {
            signature += line.substr(1) + "\n";
        } else {
            inside = false;
        }
    }
    return signature;
}

}  // namespace
}  // namespace kiln
