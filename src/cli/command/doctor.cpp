#include <algorithm>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/arguments.h"
#include "cli/command/command.h"
#include "cli/directories.h"
#include "cli/doctor/checks.h"
#include "download/cache.h"

namespace kiln {
namespace {

using doctor::Finding;
using doctor::Verdict;

void print(const std::vector<Finding>& findings);
void print_json(const std::vector<Finding>& findings);
std::string_view word(Verdict verdict);

}  // namespace

int run_doctor(CommandContext& context) {
    bool json = false;
    CLI::App app("Checks what this host offers for building, and says what each lack means.",
                 "kiln doctor");
    app.add_flag("--json", json, "Print JSON");
    if (const auto exit_code = parse_arguments(app, context.arguments)) return *exit_code;

    const doctor::Places places{download::default_cache_directory(), state_directory(), temp_root(),
                                std::filesystem::current_path()};
    const auto findings = doctor::examine_host(places, context.cancel);
    if (json)
        print_json(findings);
    else
        print(findings);
    const bool missing = std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
        return finding.verdict == Verdict::Missing;
    });
    return missing ? 1 : 0;
}

namespace {

void print(const std::vector<Finding>& findings) {
    for (const auto& finding : findings) {
        fmt::print("{:<8} {}: {}\n", word(finding.verdict), finding.subject, finding.found);
        if (!finding.means.empty()) fmt::print("           That means: {}.\n", finding.means);
        if (!finding.remedy.empty()) fmt::print("           To mend it: {}\n", finding.remedy);
    }
}

void print_json(const std::vector<Finding>& findings) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const auto& finding : findings) {
        list.push_back({{"subject", finding.subject},
                        {"verdict", word(finding.verdict)},
                        {"found", finding.found},
                        {"means", finding.means},
                        {"remedy", finding.remedy}});
    }
    fmt::print("{}\n", list.dump(2));
}

std::string_view word(Verdict verdict) {
    switch (verdict) {
        case Verdict::Good:
            return "ok";
        case Verdict::Limited:
            return "limited";
        case Verdict::Missing:
            return "MISSING";
    }
    return "";
}

}  // namespace
}  // namespace kiln
