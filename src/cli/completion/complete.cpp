#include "cli/completion/complete.h"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "cli/command/command.h"
#include "cli/docs/components.h"
#include "cli/image/image_command.h"

namespace kiln {
namespace {

using Words = std::vector<std::string>;

/// Collects the candidates that begin with the word under the cursor.
class Collector {
  public:
    explicit Collector(std::string word) : word_(std::move(word)) {}
    void offer(const std::string& candidate, const std::string& doc = "") {
        if (!candidate.starts_with(word_)) return;
        const bool known = std::any_of(found_.begin(), found_.end(), [&](const Candidate& other) {
            return other.word == candidate;
        });
        if (!known) found_.push_back({candidate, doc});
    }
    void ask_shell(const std::string& what) { found_.push_back({what, ""}); }
    std::vector<Candidate> take() { return std::move(found_); }

  private:
    std::string word_;
    std::vector<Candidate> found_;
};

void offer_commands(const std::string& parent, Collector& collector);
void complete_command(const CommandEntry& entry, const Words& words, Collector& collector);
void complete_image(const Words& words, Collector& collector);
void offer_values(ValueKind kind, const Words& choices, const std::string& prefix,
                  const Words& before, Collector& collector);

}  // namespace

std::vector<Candidate> complete(const std::vector<std::string>& words) {
    if (words.empty()) return {};
    Collector collector(words.back());
    if (words.size() == 1) {
        offer_commands("", collector);
        for (const char* flag : {"-help", "-version", "-machine-readable"}) {
            if (words[0].starts_with('-')) collector.offer(flag);
        }
        return collector.take();
    }
    const bool two_words = words.size() > 2;
    const CommandEntry* entry = two_words ? find_command(words[0] + " " + words[1]) : nullptr;
    const std::ptrdiff_t taken = entry != nullptr ? 2 : 1;
    if (entry == nullptr) entry = find_command(words[0]);
    if (entry == nullptr) return {};
    const Words rest(words.begin() + taken, words.end());
    if (entry->name == "image") {
        complete_image(rest, collector);
    } else {
        if (taken == 1 && rest.size() == 1) offer_commands(words[0], collector);
        complete_command(*entry, rest, collector);
    }
    return collector.take();
}

namespace {

// The commands whose name is one word longer than `parent`.
void offer_commands(const std::string& parent, Collector& collector) {
    const std::string prefix = parent.empty() ? "" : parent + " ";
    for (const auto& entry : commands()) {
        if (entry.hidden || !entry.name.starts_with(prefix)) continue;
        const std::string name(entry.name.substr(prefix.size()));
        if (name.find(' ') == std::string::npos) {
            collector.offer(name, std::string(entry.synopsis));
        }
    }
}

void complete_command(const CommandEntry& entry, const Words& words, Collector& collector) {
    const auto command = entry.make();
    FlagSet flags{std::string(entry.name), std::string(entry.about)};
    command->declare(flags);
    Words values;  // positional arguments so far
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const std::string& word = words[i];
        if (!values.empty() || word.size() < 2 || word[0] != '-') {
            values.push_back(word);
            continue;
        }
        const Flag* flag = flags.find(word.substr(word.starts_with("--") ? 2 : 1));
        if (flag == nullptr || flag->kind == ValueKind::None) continue;
        if (i + 2 == words.size()) {
            offer_values(flag->kind, flag->choices, "", values, collector);
            return;
        }
        ++i;
    }
    const std::string& word = words.back();
    if (word.starts_with('-') && values.empty()) {
        const std::size_t equals = word.find('=');
        if (equals != std::string::npos) {
            const std::string name = word.substr(0, equals);
            const Flag* flag = flags.find(name.substr(name.starts_with("--") ? 2 : 1));
            if (flag != nullptr) {
                offer_values(flag->kind, flag->choices, name + "=", values, collector);
            }
            return;
        }
        const std::string dashes = word.starts_with("--") ? "--" : "-";
        for (const auto& flag : flags.flags()) {
            if (!flag.hidden) collector.offer(dashes + flag.name, flag.doc);
        }
        return;
    }
    const auto& positionals = flags.positionals();
    if (positionals.empty()) return;
    const bool beyond = values.size() >= positionals.size();
    if (beyond && !positionals.back().repeated) return;
    const Positional& positional = beyond ? positionals.back() : positionals[values.size()];
    offer_values(positional.kind, positional.choices, "", values, collector);
}

void offer_values(ValueKind kind, const Words& choices, const std::string& prefix,
                  const Words& before, Collector& collector) {
    for (const auto& choice : choices) collector.offer(prefix + choice);
    if (kind == ValueKind::File) collector.ask_shell(":file");
    if (kind == ValueKind::Directory) collector.ask_shell(":directory");
    if (kind == ValueKind::Component) {
        for (const auto& component : docs::all_documented()) {
            collector.offer(component.type, component.schema->doc());
        }
    }
    if (kind == ValueKind::Option && !before.empty()) {
        for (const auto& component : docs::find_components(before.back())) {
            for (const auto& option : component.schema->options()) {
                if (!option.hidden) collector.offer(option.name, option.doc);
            }
        }
    }
}

// `image` keeps a parser of its own, since its flags may stand anywhere.
void complete_image(const Words& words, Collector& collector) {
    CLI::App app;
    add_image_commands(app);
    const CLI::App* command = nullptr;
    for (const CLI::App* known : app.get_subcommands({})) {
        if (words.size() == 1) collector.offer(known->get_name(), known->get_description());
        if (known->get_name() == words[0]) command = known;
    }
    if (words.size() == 1 || command == nullptr) return;
    if (!words.back().starts_with('-')) {
        collector.ask_shell(":file");
        return;
    }
    for (const CLI::Option* option : command->get_options()) {
        for (const auto& name : option->get_lnames()) {
            collector.offer("--" + name, option->get_description());
        }
        for (const auto& name : option->get_snames()) {
            collector.offer("-" + name, option->get_description());
        }
    }
}

}  // namespace
}  // namespace kiln
