#pragma once

#include <string>

#include "base/diagnostic.h"
#include "template/template.h"

namespace kiln {

/// What one line of the console came to.
struct ConsoleResult {
    std::string text;  ///< to print, without a line end
    bool failed = false;
    bool exit = false;
};

/// Evaluates lines over a template: expressions in HCL2, `{{ }}` texts in a legacy template, and
/// the commands `help`, `variables` and `exit` (spec/cli.md, 2.4). Apart from reading and printing,
/// so that a pipe and a terminal behave alike. One thread.
class ConsoleSession {
  public:
    /// The template must be readable.
    explicit ConsoleSession(Template tmpl) : template_(std::move(tmpl)) {}

    ConsoleResult evaluate(const std::string& line) const;

  private:
    std::string help() const;

    Template template_;
};

}  // namespace kiln
