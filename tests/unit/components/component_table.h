#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "builder/register.h"
#include "datasource/register.h"
#include "post_processor/register.h"
#include "provisioner/register.h"

namespace kiln::test {

inline const Registry& components() {
    static const Registry registry = [] {
        Registry all;
        register_builders(all);
        register_data_sources(all);
        register_provisioners(all);
        register_post_processors(all);
        return all;
    }();
    return registry;
}

/// Prepares a new component of the block's kind.
inline void prepare(std::string_view block, const std::string& type, const Setting::Map& settings,
                    Problems& problems) {
    PrepareContext context;
    context.source_name = "a-name-that-no-directory-has";
    const auto prepare = [&](const auto& entry) {
        entry->create()->prepare(settings, context, problems);
    };
    if (block == "source") prepare(components().builder(type));
    if (block == "provisioner") prepare(components().provisioner(type));
    if (block == "post-processor") prepare(components().post_processor(type));
    if (block == "data") prepare(components().data_source(type));
}

/// Everything wrong with the options of a component, each as `option: message`.
inline std::vector<std::string> problems_of(std::string_view block, const std::string& type,
                                            const Setting::Map& settings) {
    Problems problems;
    prepare(block, type, settings, problems);
    std::vector<std::string> out;
    for (const Problem& problem : problems) out.push_back(problem.option + ": " + problem.message);
    return out;
}

/// Options added to a good set, and a part of the one problem that they must give rise to; an
/// empty part: they are fine.
struct Case {
    Setting::Map options;
    std::string expected;
};

/// Runs a table over a component. `good` must have no problem; a case's null takes an option out.
inline void check_table(std::string_view block, const std::string& type, const Setting::Map& good,
                        const std::vector<Case>& cases) {
    ASSERT_TRUE(components().has(block, type)) << type;
    EXPECT_EQ(problems_of(block, type, good), std::vector<std::string>{}) << type;
    for (const Case& c : cases) {
        Setting::Map settings = good;
        for (const auto& [name, value] : c.options) settings[name] = value;
        const auto found = problems_of(block, type, settings);
        if (c.expected.empty()) {
            EXPECT_EQ(found, std::vector<std::string>{}) << type;
            continue;
        }
        const bool told = std::any_of(found.begin(), found.end(), [&](const std::string& problem) {
            return problem.find(c.expected) != std::string::npos;
        });
        EXPECT_TRUE(told) << type << ": nothing says \"" << c.expected << "\" but "
                          << testing::PrintToString(found);
    }
}

/// An empty file that is there while the object lives.
class SomeFile {
  public:
    explicit SomeFile(const std::string& name = "file", const std::string& text = "")
        : path_((directory_.path() / name).string()) {
        write_file_atomically(path_, text);
    }
    const std::string& path() const { return path_; }
    std::string directory() const { return directory_.path().string(); }

  private:
    TempDir directory_{temp_root()};
    std::string path_;
};

}  // namespace kiln::test
