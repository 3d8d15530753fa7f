#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace kiln::boot {

/// The characters of a text-mode screen, one UTF-8 string a row, trailing blanks removed.
struct ScreenText {
    std::vector<std::string> rows;

    /// The rows joined by line ends, without the empty rows at the end.
    std::string to_string() const;
    friend bool operator==(const ScreenText&, const ScreenText&) = default;
};

/// What a guest shows. One thread at a time; calls throw Error when the guest cannot be asked.
class Screen {
  public:
    virtual ~Screen() = default;
    /// The text on the screen, or nothing while the guest is in a graphics mode.
    virtual std::optional<ScreenText> text() = 0;
    /// Writes what the screen shows as a PNG file.
    virtual void save_png(const std::filesystem::path& path) = 0;
};

}  // namespace kiln::boot
