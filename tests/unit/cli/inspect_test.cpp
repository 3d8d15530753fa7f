#include "command_fixture.h"

namespace kiln {
namespace {

using testing::HasSubstr;

class InspectTest : public CommandTest {};

constexpr auto hcl_template = R"hcl(
variable "a" { default = "x\"y" }
variable "l" { default = ["a", "b"] }
variable "s" {
  default   = "very secret"
  sensitive = true
}
variable "unset" { type = string }
locals { b = "${var.a}1" }
source "null" "one" { communicator = "none" }
source "null" "two" { communicator = "none" }
build {
  name        = "first"
  description = "about it"
  sources     = ["null.one"]
  source "null.two" { name = "zwei" }
  provisioner "shell-local" {
    name   = "hello"
    inline = ["true"]
  }
  provisioner "shell-local" { inline = ["true"] }
  post-processor "manifest" {}
  post-processors {
    post-processor "manifest" { name = "m" }
    post-processor "checksum" {}
  }
}
build { sources = ["null.one"] }
)hcl";

TEST_F(InspectTest, ReportsAnHclTemplate) {
    EXPECT_EQ(kiln({"inspect", write("t.pkr.hcl", hcl_template)}), 0);
    EXPECT_EQ(out, R"(Kiln Inspect: HCL2 mode

> input-variables:

var.a: "x\"y"
var.l: "[\n  \"a\",\n  \"b\",\n]"
var.s: "<sensitive>"
var.unset: "<unknown>"

> local-variables:

local.b: "x\"y1"

> builds:

  > first:

  > Description: about it

    sources:

      null.one

      null.two (zwei)

    provisioners:

      shell-local.hello
      shell-local

    post-processors:

      0:
        manifest

      1:
        manifest.m
        checksum

  > <unnamed build 1>:

    sources:

      null.one

    provisioners:

      <no provisioner>

    post-processors:

      <no post-processor>

)");
}

TEST_F(InspectTest, RefusesWhatCannotBeParsed) {
    EXPECT_EQ(kiln({"inspect", write("t.pkr.hcl", "a b c")}), 1);
    EXPECT_THAT(out, HasSubstr("Error: "));
}

TEST_F(InspectTest, ReportsALegacyTemplate) {
    const std::string file = write("t.json", R"({
  "description": "what it is",
  "variables": {"a": "1", "longer": "2", "b": null, "s": "x"},
  "sensitive-variables": ["s"],
  "builders": [{"type": "null", "communicator": "none"},
               {"type": "null", "name": "zwei", "communicator": "none"}],
  "provisioners": [{"type": "shell-local", "inline": ["true"]}]
})");
    EXPECT_EQ(kiln({"inspect", file}), 0) << out;
    EXPECT_EQ(out, R"(Kiln Inspect: JSON mode
Description:

what it is

Required variables:

  b

Optional variables and their defaults:

  a      = 1
  longer = 2
  s      = <sensitive>

Builders:

  null
  zwei (null)

Provisioners:

  shell-local

Note: If your build names contain user variables or template
functions such as 'timestamp', these are processed at build time,
and therefore only show in their raw form here.
)");
    EXPECT_EQ(kiln({"-machine-readable", "inspect", file}), 0);
    EXPECT_THAT(out, HasSubstr(",,template-variable,a,1,0\n"));
    EXPECT_THAT(out, HasSubstr(",,template-variable,b,,1\n"));
    EXPECT_THAT(out, HasSubstr(",,template-builder,zwei,null\n"));
    EXPECT_THAT(out, HasSubstr(",,template-provisioner,shell-local\n"));
}

}  // namespace
}  // namespace kiln
