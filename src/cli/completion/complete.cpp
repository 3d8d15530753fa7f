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
/// What stands before the word under the cursor.
struct Before {
    Words arguments;
    const Flag* waiting = nullptr;  ///< a flag whose value the word under the cursor is
};
Before read_before(const FlagSet& flags, const Words& words);
void offer_flags(const FlagSet& flags, const std::string& word, Collector& collector);
void offer_arguments(const FlagSet& flags, const Words& before, Collector& collector);
void complete_image(const Words& words, Collector& collector);
std::string_view without_dashes(std::string_view flag);
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
    const Before before = read_before(flags, words);
    if (before.waiting != nullptr) {
        offer_values(before.waiting->kind, before.waiting->choices, "", {}, collector);
    } else if (words.back().starts_with('-') && before.arguments.empty()) {
        offer_flags(flags, words.back(), collector);
    } else {
        offer_arguments(flags, before.arguments, collector);
    }
}

Before read_before(const FlagSet& flags, const Words& words) {
    Before before;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const std::string& word = words[i];
        if (!before.arguments.empty() || word.size() < 2 || word[0] != '-') {
            before.arguments.push_back(word);
            continue;
        }
        const Flag* flag = flags.find(without_dashes(word));
        if (flag == nullptr || flag->kind == ValueKind::None) continue;
        // Its value is the next word: the one under the cursor, or one to pass over.
        if (i + 2 == words.size()) before.waiting = flag;
        ++i;
    }
    return before;
}

void offer_flags(const FlagSet& flags, const std::string& word, Collector& collector) {
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos) {
        const std::string name = word.substr(0, equals);
        const Flag* flag = flags.find(without_dashes(name));
        if (flag != nullptr) offer_values(flag->kind, flag->choices, name + "=", {}, collector);
        return;
    }
    const std::string dashes = word.starts_with("--") ? "--" : "-";
    for (const auto& flag : flags.flags()) {
        if (!flag.hidden) collector.offer(dashes + flag.name, flag.doc);
    }
}

void offer_arguments(const FlagSet& flags, const Words& before, Collector& collector) {
    const auto& positionals = flags.positionals();
    if (positionals.empty()) return;
    const bool beyond = before.size() >= positionals.size();
    if (beyond && !positionals.back().repeated) return;
    const Positional& positional = beyond ? positionals.back() : positionals[before.size()];
    offer_values(positional.kind, positional.choices, "", before, collector);
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

std::string_view without_dashes(std::string_view flag) {
    return flag.substr(flag.starts_with("--") ? 2 : 1);
}

}  // namespace
}  // namespace kiln
