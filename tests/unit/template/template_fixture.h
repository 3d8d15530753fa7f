#pragma once

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/schema.h"
#include "base/secret.h"
#include "template/template.h"

namespace kiln {

/// How failed tests print settings.
inline void PrintTo(const Setting& setting, std::ostream* out) {
    if (const auto* text = setting.as_string()) {
        *out << '"' << *text << '"';
    } else if (const auto* number = setting.as_number()) {
        *out << number->text;
    } else if (const auto* flag = setting.as_bool()) {
        *out << (*flag ? "true" : "false");
    } else if (const auto* list = setting.as_list()) {
        *out << '[';
        for (const Setting& item : *list) {
            PrintTo(item, out);
            *out << ", ";
        }
        *out << ']';
    } else if (const auto* map = setting.as_map()) {
        *out << '{';
        for (const auto& [key, item] : *map) {
            *out << key << ": ";
            PrintTo(item, out);
            *out << ", ";
        }
        *out << '}';
    } else {
        *out << "null";
    }
}

/// The options of the components that the tests' templates use.
struct TestDisk {
    std::string size;
    bool discard = false;
};
struct TestNetwork {
    std::string bridge;
    std::vector<TestDisk> nested;
};
struct TestOptions {
    std::string iso, text;
    int cpus = 0;
    bool headless = false;
    std::optional<bool> tristate;
    Duration wait{0};
    std::vector<std::string> tags;
    std::vector<std::vector<std::string>> arguments;
    std::vector<int> ports;
    std::map<std::string, std::string> labels;
    std::vector<TestDisk> disks;
    TestNetwork network;
};

inline Schema<TestOptions> test_schema(bool iso_required) {
    Schema<TestDisk> disk("disk", "");
    disk.option("size", &TestDisk::size, "").required();
    disk.option("discard", &TestDisk::discard, "");
    Schema<TestNetwork> network("network", "");
    network.option("bridge", &TestNetwork::bridge, "");
    network.blocks("nested", &TestNetwork::nested, disk, "");
    Schema<TestOptions> schema("box", "");
    schema.option("iso", &TestOptions::iso, "");
    if (iso_required) schema.required();
    schema.option("text", &TestOptions::text, "");
    schema.option("cpus", &TestOptions::cpus, "");
    schema.option("headless", &TestOptions::headless, "");
    schema.option("tristate", &TestOptions::tristate, "");
    schema.option("wait", &TestOptions::wait, "");
    schema.option("tags", &TestOptions::tags, "");
    schema.option("arguments", &TestOptions::arguments, "");
    schema.option("ports", &TestOptions::ports, "");
    schema.option("labels", &TestOptions::labels, "");
    schema.blocks("disk", &TestOptions::disks, disk, "");
    schema.block("network", &TestOptions::network, network, "");
    return schema;
}

/// Writes small templates into a directory of their own, loads them and looks at what comes out.
class TemplateTest : public ::testing::Test {
  protected:
    TemplateTest() {
        options.version = "1.16.0";
        options.path = directory.path();
        options.find_schema = [this](std::string_view block, const std::string& type) {
            return type == "box" && block != "data" ? box : nullptr;
        };
    }
    ~TemplateTest() override { secrets().clear(); }

    void write(const std::string& name, const std::string& text) {
        std::filesystem::create_directories((directory.path() / name).parent_path());
        std::ofstream(directory.path() / name) << text;
    }

    Template load() {
        diagnostics.clear();
        return load_template(options, sources, diagnostics, CancelToken());
    }
    Template load(const std::string& text) {
        write("main.pkr.hcl", text);
        return load();
    }

    /// `summary @ line` of every diagnostic, in order; warnings start with `warning: `.
    std::vector<std::string> found() const {
        std::vector<std::string> lines;
        for (const Diagnostic& one : diagnostics) {
            std::string line = one.severity == Severity::Warning ? "warning: " : "";
            line += one.summary;
            if (one.subject) line += fmt::format(" @ {}", one.subject->start.line);
            lines.push_back(line);
        }
        return lines;
    }
    std::string details() const {
        std::string all;
        for (const Diagnostic& one : diagnostics) all += one.detail + "\n";
        return all;
    }

    /// The text of a variable or local as `inspect` shows it.
    template <class Named>
    static std::string text_of(const std::vector<Named>& values, const std::string& name) {
        for (const Named& value : values) {
            if (value.name == name) return value.text;
        }
        return "no value " + name;
    }

    Setting::Map evaluate(const ComponentBody& body, const std::string& build_name = "",
                          const std::string& source_name = "a") {
        const BodyContext context{"box", source_name,
                                  BuildVariables::placeholders(build_name, {"Announced"})};
        return body.evaluate(*box, context, diagnostics);
    }

    TempDir directory{temp_root()};
    TemplateOptions options;
    SourceMap sources;
    Diagnostics diagnostics;
    std::shared_ptr<const SchemaInfo> box =
        std::make_shared<Schema<TestOptions>>(test_schema(false));
};

/// Sets an environment variable for a scope.
class ScopedEnvironment {
  public:
    ScopedEnvironment(std::string name, const std::string& value) : name_(std::move(name)) {
        setenv(name_.c_str(), value.c_str(), 1);
    }
    ~ScopedEnvironment() { unsetenv(name_.c_str()); }
    ScopedEnvironment(const ScopedEnvironment&) = delete;
    ScopedEnvironment& operator=(const ScopedEnvironment&) = delete;

  private:
    std::string name_;
};

}  // namespace kiln
