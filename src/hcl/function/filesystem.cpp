#include <cerrno>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/file.h"
#include "hcl/eval/evaluate.h"
#include "hcl/eval/references.h"
#include "hcl/function/builtin.h"
#include "hcl/function/glob.h"
#include "hcl/syntax/parser.h"
#include "hcl/syntax/text.h"

/// Files, paths and templates from files.
namespace kiln::hcl {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFilesInSet = 1'000'000;

fs::path resolve(const fs::path& base, const std::string& path);
std::string read_text(const fs::path& base, const std::string& path);
Value file_exists(const fs::path& base, const std::string& path);
Value file_set(const fs::path& base, const Arguments& arguments);
std::string base_name(std::string path);
std::string dir_name(const std::string& path);
std::string clean(const std::string& path);
std::string path_expand(const std::string& path);
std::string mode_text(const struct stat& status);

/// Adds a function of one path to a string.
void add_path_function(FunctionTable& table, const std::string& name,
                       std::function<std::string(const std::string&)> map) {
    table.add(name, fixed({string_parameter("path")}, Type::string(),
                          [map = std::move(map)](const Arguments& a) {
                              return Value::string(map(a[0].as_string()));
                          }));
}

}  // namespace

void add_filesystem_functions(FunctionTable& table, const FunctionContext& context) {
    const fs::path base = context.base_dir;
    add_path_function(table, "file",
                      [base](const std::string& path) { return read_text(base, path); });
    add_path_function(table, "filebase64", [](const std::string& path) {
        try {
            return encode_base64(read_file(path));
        } catch (const Error& error) {
            throw Error(fmt::format("failed to read file \"{}\"", path)).because(error);
        }
    });
    add_path_function(table, "basename", base_name);
    add_path_function(table, "dirname", dir_name);
    add_path_function(table, "abspath", [](const std::string& path) {
        return clean(path.starts_with('/') ? path : fs::current_path().string() + "/" + path);
    });
    add_path_function(table, "pathexpand", path_expand);
    table.add("fileexists",
              fixed({string_parameter("path")}, Type::boolean(),
                    [base](const Arguments& a) { return file_exists(base, a[0].as_string()); }));
    table.add("fileset", fixed({string_parameter("path"), string_parameter("pattern")},
                               Type::set(Type::string()),
                               [base](const Arguments& a) { return file_set(base, a); }));
    if (context.environment) {
        table.add("env", fixed({string_parameter("key")}, Type::string(),
                               [get = context.environment](const Arguments& a) {
                                   return Value::string(get(a[0].as_string()));
                               }));
    }
}

Function template_file_function(const FunctionContext& context,
                                std::shared_ptr<const FunctionTable> functions) {
    const auto call = [base = context.base_dir, functions](const Arguments& a) {
        const std::string& path = a[0].as_string();
        const Value& variables = a[1];
        if (!variables.type().is_mapping()) {
            throw ArgumentError(1, "invalid vars value: must be a map");
        }
        EvalScope scope(functions);
        for (const auto& [name, value] : variables.entries()) {
            if (!is_identifier(name)) {
                throw ArgumentError(
                    1, fmt::format("invalid template variable name \"{}\": must start with a "
                                   "letter, followed by zero or more letters, digits, and "
                                   "underscores",
                                   name));
            }
            scope.set(name, value);
        }
        Diagnostics diagnostics;
        const ExpressionPtr parsed = parse_template(read_text(base, path), path, diagnostics);
        if (!diagnostics.has_errors()) {
            for (const Traversal& reference : references(*parsed)) {
                if (variables.entries().contains(reference.root)) continue;
                throw ArgumentError(
                    1, fmt::format("vars map does not contain key \"{}\", referenced at {}",
                                   reference.root, reference.root_range.to_string()));
            }
            Value result = evaluate(*parsed, scope, diagnostics);
            if (!diagnostics.has_errors()) return result;
        }
        for (const Diagnostic& item : diagnostics) {
            if (item.severity != Severity::Error) continue;
            throw Error(fmt::format("{}: {}; {}", item.subject ? item.subject->to_string() : path,
                                    item.summary, item.detail));
        }
        throw Error("the template cannot be evaluated");
    };
    return dynamic({string_parameter("path"), any_parameter("vars")}, call);
}

namespace {

fs::path resolve(const fs::path& base, const std::string& path) {
    const fs::path expanded = path_expand(path);
    return expanded.is_absolute() || base.empty() ? expanded : (base / expanded).lexically_normal();
}

std::string read_text(const fs::path& base, const std::string& path) {
    const fs::path resolved = resolve(base, path);
    std::error_code error;
    if (!fs::exists(resolved, error)) {
        throw Error(fmt::format("no file exists at {}", resolved.string()));
    }
    std::string text;
    try {
        text = read_file(resolved);
    } catch (const Error& failure) {
        throw Error(fmt::format("failed to read {}", resolved.string())).because(failure);
    }
    if (!is_valid_utf8(text)) {
        throw Error(
            fmt::format("contents of {} are not valid UTF-8; use the filebase64 function "
                        "to obtain the Base64 encoded contents",
                        resolved.string()));
    }
    return text;
}

Value file_exists(const fs::path& base, const std::string& path) {
    const fs::path resolved = resolve(base, path);
    struct stat status {};
    if (::stat(resolved.c_str(), &status) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return Value::boolean(false);
        throw system_error(fmt::format("failed to stat {}", resolved.string()), errno);
    }
    if (S_ISREG(status.st_mode)) return Value::boolean(true);
    throw Error(
        fmt::format("{} is not a regular file, but \"{}\"", resolved.string(), mode_text(status)));
}

Value file_set(const fs::path& base, const Arguments& arguments) {
    const fs::path directory = resolve(base, arguments[0].as_string());
    std::unique_ptr<Glob> glob;
    try {
        glob = std::make_unique<Glob>(arguments[1].as_string());
    } catch (const Error& error) {
        throw ArgumentError(1, error.message());
    }
    Value::Elements files;
    std::error_code error;
    std::size_t seen = 0;
    auto entry = fs::recursive_directory_iterator(
        directory, fs::directory_options::skip_permission_denied, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (++seen > kMaxFilesInSet) {
            throw Error(fmt::format("there are more than {} files below {}", kMaxFilesInSet,
                                    directory.string()));
        }
        std::error_code unreadable;
        if (!entry->is_regular_file(unreadable)) continue;
        const std::string path = entry->path().lexically_relative(directory).generic_string();
        if (glob->matches(path)) files.push_back(Value::string(path));
    }
    return Value::set(Type::string(), std::move(files));
}

std::string base_name(std::string path) {
    if (path.empty()) return ".";
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path == "/" ? path : path.substr(path.rfind('/') + 1);
}

std::string dir_name(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : clean(path.substr(0, slash + 1));
}

std::string clean(const std::string& path) {
    std::string normal = fs::path(path).lexically_normal().generic_string();
    while (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
    // Above the root there is nothing.
    while (normal.starts_with("/..") && (normal.size() == 3 || normal[3] == '/'))
        normal.erase(0, 3);
    if (path.starts_with('/') && normal.empty()) return "/";
    return normal.empty() ? "." : normal;
}

std::string path_expand(const std::string& path) {
    if (!path.starts_with('~')) return path;
    if (path.size() > 1 && path[1] != '/') {
        throw Error("cannot expand the home directory of another user");
    }
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home == '\0') {
        throw Error(fmt::format("cannot expand \"{}\": HOME is not set", path));
    }
    return path.size() == 1 ? std::string(home) : clean(home + path.substr(1));
}

std::string mode_text(const struct stat& status) {
    std::string text = S_ISDIR(status.st_mode)    ? "d"
                       : S_ISCHR(status.st_mode)  ? "Dc"
                       : S_ISBLK(status.st_mode)  ? "D"
                       : S_ISFIFO(status.st_mode) ? "p"
                       : S_ISSOCK(status.st_mode) ? "S"
                                                  : "";
    if ((status.st_mode & S_ISUID) != 0) text += 'u';
    if ((status.st_mode & S_ISGID) != 0) text += 'g';
    if ((status.st_mode & S_ISVTX) != 0) text += 't';
    constexpr std::string_view letters = "rwxrwxrwx";
    for (std::size_t i = 0; i < letters.size(); ++i) {
        text += (status.st_mode & (0400U >> i)) != 0 ? letters[i] : '-';
    }
    return text;
}

}  // namespace
}  // namespace kiln::hcl
