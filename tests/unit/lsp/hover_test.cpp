#include "lsp/hover.h"

#include "fixture.h"

namespace kiln::lsp {
namespace {

const std::string declared = R"(variable "disk" {
  type        = string
  default     = "40G"
  description = "How large."
}
variable "key" {
  sensitive = true
  default   = "secret"
}
locals {
  two = 1 + 1
}
data "host-info" "here" {}
source "vm" "debian" {}
)";

std::string shown(const std::string& marked) {
    const Marked place(marked);
    const Declarations declarations = declarations_of(declared);
    const auto found = hover(place.text, place.at, {few_components(), functions(), declarations});
    if (!found) return "nothing";
    return found->title + "|" + found->text + "|" +
           place.text.substr(found->start, found->end - found->start);
}

/// The line that the definition is on, and its text.
std::string defined(const std::string& marked) {
    const Marked place(marked);
    const auto found = definition(place.text, place.at, declarations_of(declared));
    if (!found) return "nowhere";
    const std::size_t length = found->end.byte - found->start.byte;
    return fmt::format("{}:{}", found->start.line, declared.substr(found->start.byte, length));
}

TEST(Hover, TellsOfOptions) {
    EXPECT_EQ(shown("source \"vm\" \"x\" {\n disk|_size = 1\n}"),
              "disk_size: string, default \"40G\"|How large the disk is.|disk_size");
    EXPECT_EQ(shown("source \"vm\" \"x\" {\n |iso_url = 1\n}"),
              "iso_url: string, required|Where the ISO is.|iso_url");
    EXPECT_EQ(shown("source \"vm\" \"x\" {\n old_name| = 1\n}"),
              "old_name: string|An old option.\n\nDeprecated: use disk_size|old_name");
    EXPECT_EQ(shown("source \"vm\" \"x\" {\n n|ic {\n}\n}"),
              "nic: block (repeatable)|A network card.|nic");
    EXPECT_EQ(shown("sou|rce \"vm\" \"x\" {}"),
              "source: block|Describes a machine to build.|source");
    EXPECT_EQ(shown("source \"vm\" \"x\" {\n unknown| = 1\n}"), "nothing");
}

TEST(Hover, TellsOfComponents) {
    EXPECT_EQ(shown("source \"v|m\" \"x\" {}"), "source \"vm\"|Builds a virtual machine.|vm");
    EXPECT_EQ(shown("build {\n provisioner \"shel|l\" {}\n}"),
              "provisioner \"shell\"|Runs commands.|shell");
    EXPECT_EQ(shown("source \"nothing|\" \"x\" {}"), "nothing");
    EXPECT_EQ(shown("source \"vm\" \"x|\" {}"), "nothing");
}

TEST(Hover, TellsOfFunctions) {
    EXPECT_EQ(shown("a = abs|(1)"), "abs(num number)||abs");
    EXPECT_EQ(shown("a = nothing|(1)"), "nothing");
}

TEST(Hover, TellsOfDeclarations) {
    EXPECT_EQ(shown("a = var.di|sk"), "var.disk: string = \"40G\"|How large.|disk");
    EXPECT_EQ(shown("a = \"${v|ar.disk}\""), "var.disk: string = \"40G\"|How large.|var");
    EXPECT_EQ(shown("a = local.tw|o"), "local.two = 1 + 1||two");
    EXPECT_EQ(shown("a = data.host-info.her|e.os"), "data.host-info.here||here");
    EXPECT_EQ(shown("build {\n sources = [\"source.vm.deb|ian\"]\n}"),
              "source.vm.debian||source.vm.debian");
}

TEST(Hover, ShowsNoSecret) {
    EXPECT_EQ(shown("a = var.ke|y"), "var.key||key");
}

TEST(Hover, SaysNothingOfTheRest) {
    for (const char* text : {"|", "a = |1", "# wo|rd", "a = \"wo|rd\"", "a = x.y|", "a =| 1"}) {
        EXPECT_EQ(shown(text), "nothing") << text;
    }
}

TEST(Definition, FindsDeclarations) {
    EXPECT_EQ(defined("a = var.di|sk"), "1:\"disk\"");
    EXPECT_EQ(defined("a = var|.disk"), "1:\"disk\"");
    EXPECT_EQ(defined("a = \"x ${upper(var.key|)}\""), "6:\"key\"");
    EXPECT_EQ(defined("a = local.two|"), "11:two");
    EXPECT_EQ(defined("a = data.host-info.here|.os"), "13:\"here\"");
    EXPECT_EQ(defined("a = data|.host-info.here.os"), "13:\"here\"");
    EXPECT_EQ(defined("a = data.host-info.here.o|s"), "13:\"here\"");
    EXPECT_EQ(defined("build {\n sources = [\"source.vm.deb|ian\"]\n}"), "14:\"debian\"");
    EXPECT_EQ(defined("build {\n sources = [\"vm.deb|ian\"]\n}"), "14:\"debian\"");
    EXPECT_EQ(defined("build {\n sources = [source.vm.deb|ian]\n}"), "14:\"debian\"");
    EXPECT_EQ(defined("build {\n source \"vm.deb|ian\" {\n}\n}"), "14:\"debian\"");
    EXPECT_EQ(defined("build {\n provisioner \"x\" {\n only = [\"vm.debian|\"]\n}\n}"),
              "14:\"debian\"");
}

TEST(Definition, FindsNothingElse) {
    for (const char* text : {"a = var.none|", "a = \"var.disk|\"", "a = disk|", "|", "disk| = 1",
                             "build {\n sources = [\"source.vm|\"]\n}"}) {
        EXPECT_EQ(defined(text), "nowhere") << text;
    }
}

}  // namespace
}  // namespace kiln::lsp
