#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/command/command.h"
#include "cli/directories.h"
#include "cli/doctor/checks.h"
#include "download/cache.h"

namespace kiln {
namespace {

using doctor::Finding;
using doctor::Verdict;

class DoctorCommand : public Command {
  public:
    void declare(FlagSet& flags) override { flags.add_switch("json", &json_, "Print JSON"); }
    int run(CommandContext& context) override;

  private:
    bool json_ = false;
};

std::string to_text(const std::vector<Finding>& findings);
std::string to_json(const std::vector<Finding>& findings);
std::string_view word(Verdict verdict);

}  // namespace

std::unique_ptr<Command> make_doctor_command() {
    return std::make_unique<DoctorCommand>();
}

namespace {

int DoctorCommand::run(CommandContext& context) {
    const doctor::Places places{download::default_cache_directory(), state_directory(), temp_root(),
                                std::filesystem::current_path()};
    const auto findings = doctor::examine_host(places, context.cancel);
    context.streams.out(json_ ? to_json(findings) : to_text(findings));
    const bool missing = std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
        return finding.verdict == Verdict::Missing;
    });
    return missing ? 1 : 0;
}

std::string to_text(const std::vector<Finding>& findings) {
    std::string out;
    for (const auto& finding : findings) {
        out += fmt::format("{:<8} {}: {}\n", word(finding.verdict), finding.subject, finding.found);
        if (!finding.means.empty())
            out += fmt::format("           That means: {}.\n", finding.means);
        if (!finding.remedy.empty())
            out += fmt::format("           To mend it: {}\n", finding.remedy);
    }
    return out;
}

std::string to_json(const std::vector<Finding>& findings) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const auto& finding : findings) {
        list.push_back({{"subject", finding.subject},
                        {"verdict", word(finding.verdict)},
                        {"found", finding.found},
                        {"means", finding.means},
                        {"remedy", finding.remedy}});
    }
    return list.dump(2) + "\n";
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
