#include "lsp/template_blocks.h"

#include <map>

namespace kiln::lsp {
namespace {

using Shapes = std::map<std::string, Shape, std::less<>>;

Shapes make_shapes();
Shapes root_and_packer();
Shapes values();
Shapes build();

Member attribute(std::string name, std::string type, std::string doc,
                 std::string default_text = {});
Member required(std::string name, std::string type, std::string doc);
Member block(std::string name, std::vector<std::string> labels, std::string doc);
Member ignored_block(std::string name, std::vector<std::string> labels);
Member dynamic_block();
std::vector<Member> provisioner_arguments();
std::vector<Member> post_processor_arguments();

}  // namespace

const Shape* template_block(std::string_view path) {
    static const Shapes shapes = make_shapes();
    const auto found = shapes.find(path);
    return found == shapes.end() ? nullptr : &found->second;
}

namespace {

Shapes make_shapes() {
    Shapes shapes = root_and_packer();
    shapes.merge(values());
    shapes.merge(build());
    shapes.emplace("build/hcp_packer_registry", shapes.at("hcp_packer_registry"));
    return shapes;
}

Shapes root_and_packer() {
    return {
        {"",
         {"template",
          "",
          {
              block("packer", {}, "Which versions and plugins the template needs."),
              block("variable", {"name"}, "Declares an input variable."),
              block("variables", {}, "Declares several input variables by their defaults."),
              block("local", {"name"}, "Computes one value that others may use."),
              block("locals", {}, "Computes values that others may use."),
              block("data", {"type", "name"}, "Looks something up while the template is read."),
              block("source", {"type", "name"}, "Describes a machine to build."),
              block("build", {}, "Says what is built from which sources, and how."),
              block("hcp_packer_registry", {},
                    "Read so that templates with it work; nothing is sent anywhere."),
              ignored_block("communicator", {"type", "name"}),
          }}},
        {"packer",
         {"packer",
          "Which versions and plugins the template needs.",
          {
              attribute("required_version", "string",
                        "The versions of the tool that can read the template: \">= 1.9, < 2.0\"."),
              block("required_plugins", {},
                    "Plugins by name, each an object with `version` and `source`."),
          }}},
        {"packer/required_plugins",
         {"required_plugins", "Plugins by name, each an object with `version` and `source`.", {}}},
        {"hcp_packer_registry",
         {"hcp_packer_registry",
          "Read so that templates with it work; nothing is sent anywhere.",
          {
              attribute("bucket_name", "string", "The name of the bucket."),
              attribute("description", "string", "What the bucket is for."),
              attribute("bucket_labels", "map(string)", "Labels of the bucket."),
              attribute("build_labels", "map(string)", "Labels of each build."),
              attribute("channels", "list(string)", "The channels that get the result."),
          }}},
        {"dynamic",
         {"dynamic",
          "Makes one block of the kind that the label names for each element of a collection.",
          {
              required("for_each", "any", "The collection."),
              attribute("iterator", "name", "What the element is called in `content`.",
                        "the label"),
              attribute("labels", "list(string)", "The labels of the blocks, where they have any."),
              block("content", {}, "What each block holds."),
          }}},
    };
}

Shapes values() {
    return {
        {"variable",
         {"variable",
          "Declares an input variable.",
          {
              attribute("description", "string", "What the variable is for."),
              attribute("type", "type",
                        "What values it takes: string, number, bool, any, list(T), set(T), map(T), "
                        "object({...}), tuple([...]).",
                        "that of the default"),
              attribute("default", "any",
                        "Its value when none is given; without one, a value must be given. "
                        "May call env() and nothing else."),
              attribute("sensitive", "bool", "Keeps the value out of everything that is printed.",
                        "false"),
              block("validation", {}, "A rule that the value must follow."),
          }}},
        {"variable/validation",
         {"validation",
          "A rule that the value must follow.",
          {
              required("condition", "bool", "True for good values. May use this variable alone."),
              required("error_message", "string",
                       "What to say of a bad value: a whole sentence with its full stop."),
          }}},
        {"variables", {"variables", "Declares several input variables by their defaults.", {}}},
        {"local",
         {"local",
          "Computes one value that others may use.",
          {
              required("expression", "any", "The value."),
              attribute("sensitive", "bool", "Keeps the value out of everything that is printed.",
                        "false"),
          }}},
        {"locals", {"locals", "Computes values that others may use.", {}}},
        {"data", {"data", "Looks something up while the template is read.", {}}},
        {"source", {"source", "Describes a machine to build.", {dynamic_block()}}},
    };
}

Shapes build() {
    const std::string provisioner_doc = "Works inside the machine, in the order of the blocks.";
    const std::string cleanup_doc = "Runs in the machine when a provisioner failed.";
    const std::string post_doc = "Works on the result of the build.";
    const std::string chain_doc = "Post-processors, each working on the result of the one before.";
    const std::string source_doc = "Builds a source, with options added to it.";
    const Member post_processor = block("post-processor", {"type"}, post_doc);
    return {
        {"build",
         {"build",
          "Says what is built from which sources, and how.",
          {
              attribute("name", "string", "Stands in front of the names of the builds."),
              attribute("description", "string", "What is built."),
              attribute("sources", "list(string)", "The sources to build: `\"source.TYPE.NAME\"`."),
              block("source", {"reference"}, source_doc),
              block("provisioner", {"type"}, provisioner_doc),
              block("error-cleanup-provisioner", {"type"}, cleanup_doc),
              post_processor,
              block("post-processors", {}, chain_doc),
              block("hcp_packer_registry", {},
                    "Read so that templates with it work; nothing is sent anywhere."),
              ignored_block("from", {"type"}),
              dynamic_block(),
          }}},
        {"build/source",
         {"source",
          source_doc,
          {attribute("name", "string", "The name in this build, in place of the source's own."),
           dynamic_block()}}},
        {"build/provisioner", {"provisioner", provisioner_doc, provisioner_arguments()}},
        {"build/error-cleanup-provisioner",
         {"error-cleanup-provisioner", cleanup_doc, provisioner_arguments()}},
        {"build/post-processor", {"post-processor", post_doc, post_processor_arguments()}},
        {"build/post-processors", {"post-processors", chain_doc, {post_processor}}},
        {"build/post-processors/post-processor",
         {"post-processor", post_doc, post_processor_arguments()}},
    };
}

std::vector<Member> provisioner_arguments() {
    return {
        attribute("name", "string", "How messages call it."),
        attribute("only", "list(string)", "Runs for these sources alone: `TYPE.NAME`."),
        attribute("except", "list(string)", "Does not run for these sources: `TYPE.NAME`."),
        attribute("override", "map(object)",
                  "Options that differ for some sources, by the name of the source."),
        attribute("pause_before", "duration", "How long to wait before each try.", "0s"),
        attribute("timeout", "duration", "How long each try may take; none when it pauses before.",
                  "no limit"),
        attribute("max_retries", "number", "How often it is tried again after a failure.", "0"),
        attribute("continue_on_error", "bool", "Goes on with the build when it failed.", "false"),
        dynamic_block(),
    };
}

std::vector<Member> post_processor_arguments() {
    return {
        attribute("name", "string", "How messages and -except call it."),
        attribute("only", "list(string)", "Runs for these sources alone: `TYPE.NAME`."),
        attribute("except", "list(string)", "Does not run for these sources: `TYPE.NAME`."),
        attribute("keep_input_artifact", "bool",
                  "Whether what it works on is kept beside its result.",
                  "the post-processor's own"),
        dynamic_block(),
    };
}

Member attribute(std::string name, std::string type, std::string doc, std::string default_text) {
    Member member;
    member.name = std::move(name);
    member.type = std::move(type);
    member.doc = std::move(doc);
    member.default_text = std::move(default_text);
    return member;
}

Member required(std::string name, std::string type, std::string doc) {
    Member member = attribute(std::move(name), std::move(type), std::move(doc));
    member.required = true;
    return member;
}

Member block(std::string name, std::vector<std::string> labels, std::string doc) {
    Member member = attribute(std::move(name), "block", std::move(doc));
    member.is_block = true;
    member.labels = std::move(labels);
    return member;
}

Member ignored_block(std::string name, std::vector<std::string> labels) {
    Member member = block(std::move(name), std::move(labels), "Accepted, and means nothing.");
    member.hidden = true;
    return member;
}

Member dynamic_block() {
    return block("dynamic", {"block"},
                 "Makes one block of the kind that the label names for each element of a "
                 "collection.");
}

}  // namespace
}  // namespace kiln::lsp
