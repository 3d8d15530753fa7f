#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kiln {

/// One build as the manifest lists it.
struct ManifestEntry {
    struct File {
        std::string name;
        std::uint64_t size = 0;
    };
    std::string name;
    std::string builder_type;
    std::int64_t build_time = 0;  ///< Unix seconds; 0: left out
    std::vector<File> files;
    std::string artifact_id;
    std::string run_uuid;
    std::map<std::string, std::string> custom_data;
};

/// The manifest file's text:
///
///     {"builds": [{"name", "builder_type", "build_time", "files": [{"name", "size"}],
///                  "artifact_id", "packer_run_uuid", "custom_data"}, ...],
///      "last_run_uuid"}
///
/// Objects of builds that are there already stay as they are, unknown members included.
class ManifestDocument {
  public:
    ManifestDocument();
    ~ManifestDocument();
    ManifestDocument(ManifestDocument&&) noexcept;
    ManifestDocument& operator=(ManifestDocument&&) noexcept;

    /// Reads a manifest; an empty text is an empty one. Throws Error with the place of the damage.
    static ManifestDocument parse(std::string_view text);

    std::string last_run_uuid() const;
    void drop_builds();
    /// Adds the build at the end and makes its run the last one.
    void add(const ManifestEntry& entry);
    /// Indented by two spaces, with `<`, `>` and `&` written as `\u003c` and so on, without a line
    /// end behind the last brace.
    std::string to_text() const;

  private:
    struct Content;
    std::unique_ptr<Content> content_;
};

}  // namespace kiln
