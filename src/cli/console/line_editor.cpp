#include "cli/console/line_editor.h"

#include <cstdio>

#include <histedit.h>

#include "base/error.h"

namespace kiln {
namespace {

constexpr int kept_lines = 1000;

unsigned char on_interrupt(EditLine* editor, int);
const char* prompt_of(EditLine* editor);

}  // namespace

class LineEditor::Impl {
  public:
    explicit Impl(std::string text) : prompt(std::move(text)) {
        editor = el_init("kiln", stdin, stdout, stderr);
        lines = history_init();
        if (editor == nullptr || lines == nullptr) throw Error("the terminal cannot be set up");
        HistEvent event;
        history(lines, &event, H_SETSIZE, kept_lines);
        el_set(editor, EL_CLIENTDATA, &prompt);
        el_set(editor, EL_PROMPT, prompt_of);
        el_set(editor, EL_EDITOR, "emacs");
        el_set(editor, EL_HIST, history, lines);
        el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
        // Control-C comes as a character, not as a signal, so that it can clear the line.
        el_set(editor, EL_SETTY, "-d", "-isig", nullptr);
        el_set(editor, EL_ADDFN, "kiln-interrupt", "Clear the line, or leave", on_interrupt);
        el_set(editor, EL_BIND, "^C", "kiln-interrupt", nullptr);
    }
    ~Impl() {
        if (editor != nullptr) el_end(editor);
        if (lines != nullptr) history_end(lines);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    std::string prompt;
    EditLine* editor = nullptr;
    History* lines = nullptr;
};

LineEditor::LineEditor(std::string prompt) : impl_(std::make_unique<Impl>(std::move(prompt))) {}

LineEditor::~LineEditor() = default;

std::optional<std::string> LineEditor::read_line() {
    int length = 0;
    const char* text = el_gets(impl_->editor, &length);
    if (text == nullptr || length <= 0) return std::nullopt;
    std::string line(text, static_cast<std::size_t>(length));
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    if (!line.empty()) {
        HistEvent event;
        history(impl_->lines, &event, H_ENTER, line.c_str());
    }
    return line;
}

namespace {

unsigned char on_interrupt(EditLine* editor, int) {
    const LineInfo* line = el_line(editor);
    if (line->lastchar == line->buffer) return CC_EOF;
    el_cursor(editor, static_cast<int>(line->lastchar - line->cursor));
    el_deletestr(editor, static_cast<int>(line->lastchar - line->buffer));
    return CC_REFRESH;
}

const char* prompt_of(EditLine* editor) {
    void* data = nullptr;
    el_get(editor, EL_CLIENTDATA, &data);
    return static_cast<const std::string*>(data)->c_str();
}

}  // namespace
}  // namespace kiln
