#include "lsp/completion.h"

#include "fixture.h"

namespace kiln::lsp {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

const std::string declared = R"(
variable "disk" {
  type        = string
  description = "How large."
}
variables {
  dist = "x"
}
local "one" {
  expression = 1
}
locals {
  two = 2
}
data "host-info" "here" {}
source "vm" "debian" {}
source "vm" "ubuntu" {}
)";

std::vector<Completion> proposals(const std::string& marked, bool snippets = false) {
    const Marked place(marked);
    const Declarations declarations = declarations_of(declared);
    return complete(place.text, place.at, {few_components(), functions(), declarations}, snippets);
}

std::vector<std::string> labels(const std::string& marked) {
    std::vector<std::string> found;
    for (const Completion& item : proposals(marked)) found.push_back(item.label);
    return found;
}

/// The text after the first proposal of this label was taken.
std::string taken(const std::string& marked, const std::string& label, bool snippets = false) {
    Marked place(marked);
    for (const Completion& item : proposals(marked, snippets)) {
        if (item.label != label) continue;
        return place.text.replace(item.start, item.end - item.start, item.text);
    }
    return "not proposed";
}

TEST(Completion, ProposesTheBlocksOfAFile) {
    EXPECT_THAT(labels("|"), ElementsAre("packer", "variable", "variables", "local", "locals",
                                         "data", "source", "build", "hcp_packer_registry"));
    EXPECT_THAT(labels("va|"), ElementsAre("variable", "variables"));
    EXPECT_EQ(taken("bu|\n", "build"), "build\n");
    EXPECT_EQ(taken("sou|", "source", true), "source \"${1:type}\" \"${2:name}\" {\n  $0\n}");
}

TEST(Completion, ProposesTheOptionsOfAComponent) {
    EXPECT_THAT(
        labels("source \"vm\" \"x\" {\n  |\n}"),
        ElementsAre("dynamic", "iso_url", "disk_size", "format", "old_name", "headless", "nic"));
    EXPECT_THAT(labels("source \"vm\" \"x\" {\n  nic {\n    |\n  }\n}"), ElementsAre("model"));
    EXPECT_THAT(labels("build {\n provisioner \"shell\" {\n  |"),
                IsSupersetOf({"inline", "only", "max_retries"}));
    EXPECT_THAT(labels("build {\n error-cleanup-provisioner \"shell\" {\n  in|"),
                ElementsAre("inline"));
    EXPECT_THAT(labels("build {\n post-processors {\n post-processor \"pack\" {\n  |"),
                IsSupersetOf({"inline", "keep_input_artifact"}));
    EXPECT_THAT(labels("build {\n source \"source.vm.x\" {\n  |"),
                IsSupersetOf({"name", "disk_size"}));
    EXPECT_THAT(labels("source \"vm\" \"x\" {\n dynamic \"nic\" {\n content {\n |"),
                ElementsAre("model"));
    EXPECT_THAT(labels("source \"vm\" \"x\" {\n dynamic \"nic\" {\n |"),
                ElementsAre("for_each", "iterator", "labels", "content"));
    EXPECT_THAT(labels("build {\n dynamic \"provisioner\" {\n |"),
                ElementsAre("for_each", "iterator", "labels", "content"));
    EXPECT_THAT(labels("source \"nothing\" \"x\" {\n  |"), ElementsAre("dynamic"));
    EXPECT_THAT(labels("nothing {\n  |"), IsEmpty());
}

TEST(Completion, ProposesTheMembersOfOtherBlocks) {
    EXPECT_THAT(labels("variable \"x\" {\n  |"),
                ElementsAre("description", "type", "default", "sensitive", "validation"));
    EXPECT_THAT(labels("variable \"x\" {\n validation {\n |"),
                ElementsAre("condition", "error_message"));
    EXPECT_THAT(labels("packer {\n |"), ElementsAre("required_version", "required_plugins"));
    EXPECT_THAT(labels("local \"x\" {\n |"), ElementsAre("expression", "sensitive"));
    EXPECT_THAT(labels("locals {\n |"), IsEmpty());
    EXPECT_THAT(labels("build {\n post|"), ElementsAre("post-processor", "post-processors"));
    EXPECT_THAT(labels("build {\n hcp_packer_registry {\n b|"),
                ElementsAre("bucket_name", "bucket_labels", "build_labels"));
}

TEST(Completion, TellsTypesAndDefaults) {
    const auto found = proposals("source \"vm\" \"x\" {\n  |\n}");
    EXPECT_EQ(found[1].detail, "string, required");
    EXPECT_EQ(found[2].detail, "string, default \"40G\"");
    EXPECT_EQ(found[2].doc, "How large the disk is.");
    EXPECT_EQ(found[3].doc, "The format of the disk.\n\nOne of: qcow2, raw.");
    EXPECT_TRUE(found[4].deprecated);
}

TEST(Completion, WritesTheEqualsSignOnce) {
    EXPECT_EQ(taken("source \"vm\" \"x\" {\n  disk|\n}", "disk_size"),
              "source \"vm\" \"x\" {\n  disk_size = \n}");
    EXPECT_EQ(taken("source \"vm\" \"x\" {\n  disk| = 1\n}", "disk_size"),
              "source \"vm\" \"x\" {\n  disk_size = 1\n}");
}

TEST(Completion, ProposesComponents) {
    EXPECT_EQ(taken("source |", "vm"), "source \"vm\"");
    EXPECT_EQ(taken("source \"|\" \"x\" {", "vm"), "source \"vm\" \"x\" {");
    EXPECT_THAT(labels("data \"|"), ElementsAre("host-info"));
    EXPECT_THAT(labels("build {\n provisioner \"s|"), ElementsAre("shell"));
    EXPECT_THAT(labels("build {\n error-cleanup-provisioner \"|"), ElementsAre("shell"));
    EXPECT_THAT(labels("build {\n post-processor \"|"), ElementsAre("pack"));
    EXPECT_THAT(labels("build {\n source \"|"),
                ElementsAre("source.vm.debian", "source.vm.ubuntu"));
    EXPECT_THAT(labels("source \"vm\" \"x\" {\n dynamic \"|"), ElementsAre("nic"));
    EXPECT_THAT(labels("source \"vm\" \"|"), IsEmpty());
    EXPECT_THAT(labels("variable \"|"), IsEmpty());
}

TEST(Completion, ProposesReferences) {
    EXPECT_THAT(labels("a = var.|"), ElementsAre("disk", "dist"));
    EXPECT_THAT(labels("a = var.dis|"), ElementsAre("disk", "dist"));
    EXPECT_THAT(labels("a = \"${var.d|}\""), ElementsAre("disk", "dist"));
    EXPECT_THAT(labels("a = local.|"), ElementsAre("one", "two"));
    EXPECT_THAT(labels("a = data.|"), ElementsAre("host-info"));
    EXPECT_THAT(labels("a = data.host-info.|"), ElementsAre("here"));
    EXPECT_THAT(labels("a = data.host-info.here.|"), ElementsAre("os", "cpus"));
    EXPECT_THAT(labels("a = path.|"), ElementsAre("cwd", "root"));
    EXPECT_THAT(labels("a = packer.|"), ElementsAre("version"));
    EXPECT_THAT(labels("source \"vm\" \"x\" {\n a = source.|"), ElementsAre("type", "name"));
    EXPECT_THAT(labels("build {\n provisioner \"shell\" {\n a = build.|"),
                IsSupersetOf({"Host", "Password", "name"}));
    EXPECT_THAT(labels("build {\n sources = [source.|]\n}"), ElementsAre("vm"));
    EXPECT_THAT(labels("build {\n sources = [source.vm.|]\n}"), ElementsAre("debian", "ubuntu"));
    EXPECT_THAT(labels("build {\n sources = [\"source.vm.d|\"]\n}"),
                ElementsAre("source.vm.debian"));
    EXPECT_EQ(taken("build {\n sources = [\"source.vm.d|\"]\n}", "source.vm.debian"),
              "build {\n sources = [\"source.vm.debian\"]\n}");
    EXPECT_THAT(labels("build {\n provisioner \"shell\" {\n only = [\"|\"]"),
                ElementsAre("vm.debian", "vm.ubuntu"));
    EXPECT_THAT(labels("a = nothing.|"), IsEmpty());
    EXPECT_THAT(labels("a = f().|"), IsEmpty());
}

TEST(Completion, ProposesWhatExpressionsBeginWith) {
    EXPECT_THAT(labels("a = |"), IsSupersetOf({"var", "local", "data", "path", "upper", "abs"}));
    EXPECT_THAT(labels("a = upp|"), ElementsAre("upper"));
    EXPECT_THAT(labels("a = |"), Not(Contains("env")));
    EXPECT_THAT(labels("a = |"), Not(Contains("build")));
    EXPECT_THAT(labels("build {\n provisioner \"shell\" {\n a = |"), Contains("build"));
    EXPECT_EQ(taken("a = upp|", "upper"), "a = upper(");
    EXPECT_EQ(taken("a = upp|", "upper", true), "a = upper($0)");
    EXPECT_THAT(labels("variable \"x\" {\n default = |"), ElementsAre("env"));
    EXPECT_THAT(
        labels("variable \"x\" {\n type = |"),
        ElementsAre("string", "number", "bool", "any", "list", "set", "map", "object", "tuple"));
}

TEST(Completion, ProposesTheChoicesOfAnOption) {
    EXPECT_EQ(taken("source \"vm\" \"x\" {\n format = |", "raw"),
              "source \"vm\" \"x\" {\n format = \"raw\"");
    EXPECT_THAT(labels("source \"vm\" \"x\" {\n format = \"|\""), ElementsAre("qcow2", "raw"));
    EXPECT_THAT(labels("source \"vm\" \"x\" {\n headless = |"), IsSupersetOf({"true", "false"}));
    EXPECT_THAT(labels("source \"vm\" \"x\" {\n disk_size = \"|\""), IsEmpty());
}

TEST(Completion, ProposesNothingInCommentsAndText) {
    EXPECT_THAT(labels("# |"), IsEmpty());
    EXPECT_THAT(labels("a = <<E\n|\nE\n"), IsEmpty());
}

TEST(Completion, ProposesVariablesInAVariableFile) {
    const Declarations declarations = declarations_of(declared);
    const auto found =
        complete_variable_file("d", 1, {few_components(), functions(), declarations});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].text, "disk = ");
    EXPECT_EQ(found[0].doc, "How large.");
    EXPECT_EQ(found[1].label, "dist");
}

}  // namespace
}  // namespace kiln::lsp
