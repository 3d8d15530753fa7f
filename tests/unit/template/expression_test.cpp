#include "template/expression.h"

#include "hcl/value/print.h"
#include "template_fixture.h"

namespace kiln {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConsoleExpression : public TemplateTest {
  protected:
    std::string evaluate(const Template& tmpl, const std::string& text) {
        diagnostics.clear();
        return hcl::print_for_console(
            evaluate_expression(tmpl, text, "<console-input>", sources, diagnostics));
    }
};

TEST_F(ConsoleExpression, KnowsVariablesLocalsPathsTheVersionAndFunctions) {
    const Template tmpl = load("variables {\n  x = \"v\"\n}\nlocals { l = [var.x, 1] }\n");
    EXPECT_EQ(evaluate(tmpl, "upper(var.x)"), "V");
    EXPECT_EQ(evaluate(tmpl, "local.l"), "[\n  \"v\",\n  1,\n]");
    EXPECT_EQ(evaluate(tmpl, "path.root"), directory.path().string());
    EXPECT_EQ(evaluate(tmpl, "packer.version"), "1.16.0");
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(ConsoleExpression, KnowsNeitherDataNorBuilds) {
    const Template tmpl = load("locals { a = 1 }\n");
    for (const char* text : {"data.box.a", "build.ID", "source.name"}) {
        evaluate(tmpl, text);
        EXPECT_THAT(found(), ElementsAre("Unknown variable @ 1")) << text;
    }
}

TEST_F(ConsoleExpression, ErrorsCanBeShownWithTheirText) {
    const Template tmpl = load("locals { name = 1 }\n");
    evaluate(tmpl, "local.nam + 1");
    ASSERT_EQ(diagnostics.size(), 1u);
    EXPECT_THAT(format_diagnostic(diagnostics[0], sources, false), HasSubstr("1: local.nam + 1"));
    evaluate(tmpl, "1 +");
    EXPECT_TRUE(diagnostics.has_errors());
}

TEST_F(ConsoleExpression, WorksWithoutAnyTemplate) {
    options.path = "";
    options.language = TemplateLanguage::Hcl2;
    const Template tmpl = load();
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(evaluate(tmpl, "1 + 2"), "3");
    EXPECT_EQ(evaluate(tmpl, "path.root"), ".");
}

TEST_F(ConsoleExpression, WorksWithATemplateThatHasErrorsOfEvaluation) {
    const Template tmpl = load("variable \"unset\" {}\nlocals { a = 1 }\n");
    EXPECT_TRUE(tmpl.readable);
    EXPECT_EQ(evaluate(tmpl, "local.a"), "1");
    EXPECT_EQ(evaluate(tmpl, "var.unset"), "<unknown>");
}

TEST_F(ConsoleExpression, ATemplateThatCannotBeReadHasNoNames) {
    const Template tmpl = load("locals {\n");
    EXPECT_FALSE(tmpl.readable);
    EXPECT_THROW(evaluate(tmpl, "1"), Error);
}

}  // namespace
}  // namespace kiln
