#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "engine/registry.h"
#include "hcl/function/standard.h"
#include "hcl/syntax/parser.h"
#include "lsp/completion.h"

namespace kiln::lsp {

struct VmOptions {
    std::string disk_size = "40G";
    std::string format = "qcow2";
    std::string old_name;
    std::string iso_url;
    bool headless = false;
    struct Nic {
        std::string model;
    };
    std::vector<Nic> nics;
};
inline Schema<VmOptions> vm_schema() {
    Schema<VmOptions::Nic> nic("nic", "A network card.");
    nic.option("model", &VmOptions::Nic::model, "Which card.").one_of({"e1000", "virtio"});
    return Schema<VmOptions>("vm", "Builds a virtual machine.")
        .option("iso_url", &VmOptions::iso_url, "Where the ISO is.")
        .required()
        .option("disk_size", &VmOptions::disk_size, "How large the disk is.")
        .option("format", &VmOptions::format, "The format of the disk.")
        .one_of({"qcow2", "raw"})
        .option("old_name", &VmOptions::old_name, "An old option.")
        .deprecated("use disk_size")
        .option("headless", &VmOptions::headless, "Without a window.")
        .blocks("nic", &VmOptions::nics, nic, "A network card.");
}

struct ScriptOptions {
    std::vector<std::string> inline_lines;
};
inline Schema<ScriptOptions> script_schema() {
    return Schema<ScriptOptions>("shell", "Runs commands.")
        .option("inline", &ScriptOptions::inline_lines, "The commands.");
}

struct HostOptions {};
inline Schema<HostOptions> host_schema() {
    return Schema<HostOptions>("host-info", "Knows this host.")
        .output("os", OptionType::String, "The operating system.")
        .output("cpus", OptionType::Int, "How many processors there are.");
}

class VmBuilder : public ComponentWith<Builder, VmOptions> {
  public:
    using ComponentWith::ComponentWith;
    std::shared_ptr<Artifact> run(BuildContext&, ProvisionHook&) override { return nullptr; }
};
class Script : public ComponentWith<Provisioner, ScriptOptions> {
  public:
    using ComponentWith::ComponentWith;
    void provision(BuildContext&, Communicator&, const Setting::Map&) override {}
};
class Pack : public ComponentWith<PostProcessor, ScriptOptions> {
  public:
    using ComponentWith::ComponentWith;
    PostProcessed process(BuildContext&, const ArtifactPtr& input) override { return {input}; }
};
class HostInfo : public ComponentWith<DataSource, HostOptions> {
  public:
    using ComponentWith::ComponentWith;
    Setting::Map read(const CancelToken&) override { return {}; }
};

/// A few components, so that these tests do not change with those of kiln.
inline const Registry& few_components() {
    static const Registry registry = [] {
        Registry all;
        all.add_builder("vm", component_factory<Builder, VmBuilder>(vm_schema));
        all.add_provisioner("shell", component_factory<Provisioner, Script>(script_schema));
        all.add_post_processor("pack", component_factory<PostProcessor, Pack>(script_schema));
        all.add_data_source("host-info", component_factory<DataSource, HostInfo>(host_schema));
        return all;
    }();
    return registry;
}

inline const hcl::FunctionTable& functions() {
    static const hcl::FunctionTable table = [] {
        hcl::FunctionContext context;
        context.environment = [](const std::string&) { return std::string(); };
        return hcl::standard_functions(context);
    }();
    return table;
}

/// What one text declares.
inline Declarations declarations_of(const std::string& text) {
    SourceMap sources;
    Diagnostics ignored;
    std::vector<ConfigFile> files;
    files.push_back({"a.pkr.hcl", hcl::parse_file(text, "a.pkr.hcl", &sources, ignored)});
    return Declarations(files, sources);
}

/// A text with a place in it, written `|`.
struct Marked {
    explicit Marked(std::string marked) : text(std::move(marked)), at(text.find('|')) {
        text.erase(at, 1);
    }
    std::string text;
    std::size_t at;
};

/// A directory that is gone afterwards.
class TestDirectory {
  public:
    TestDirectory() {
        std::string name = ::testing::TempDir() + "kiln-lsp-XXXXXX";
        path_ = mkdtemp(name.data());
    }
    ~TestDirectory() { std::filesystem::remove_all(path_); }
    TestDirectory(const TestDirectory&) = delete;
    TestDirectory& operator=(const TestDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name) << text;
        return path_ / name;
    }

  private:
    std::filesystem::path path_;
};

}  // namespace kiln::lsp
