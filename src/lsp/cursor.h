#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kiln::lsp {

/// A block that is open at some place: `source "qemu" "x" {`.
struct OpenBlock {
    std::string type;
    std::vector<std::string> labels;
};

/// What stands around a place in a native template, as far as it can be told from the tokens before
/// it: the text is being typed, so it need not parse.
struct Cursor {
    enum class Place {
        Nowhere,  ///< in a comment, a number, a heredoc's text: there is nothing to say
        Item,     ///< where the name of an attribute or block begins
        Label,    ///< behind the type of a block
        Value,    ///< in the value of `attribute`
    };

    Place place = Place::Nowhere;
    std::vector<OpenBlock> blocks;  ///< outermost first
    /// The value is that of an attribute, by its name.
    std::string attribute;
    /// The block whose header is being written: its type and the labels that are complete.
    OpenBlock header;
    /// Within literal text between quotes; `word` is all of it then.
    bool in_string = false;
    /// The names before the word: `{"data", "http"}` in `data.http.x`.
    std::vector<std::string> path;
    /// The identifier (or text) that the place is in or behind. May be empty.
    std::string word;
    std::size_t word_start = 0;
    std::size_t word_end = 0;
    /// The part of the word before the place.
    std::string prefix;
    /// The names behind the word: `{"x"}` in `data.http.x` for the word `http`.
    std::vector<std::string> rest;
    bool before_assign = false;  ///< the next token is `=`
};

/// Reads the text up to `at`, a byte offset. Takes linear time.
Cursor find_cursor(std::string_view text, std::size_t at);

/// The same for the word that `at` is in, wherever in it: `prefix` is the whole word.
Cursor find_word(std::string_view text, std::size_t at);

}  // namespace kiln::lsp
