#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/file.h"

namespace kiln {

/// Takes a stream of bytes from front to back. Compressors are writers that write into another one.
/// One thread at a time. Throws Error when a byte cannot be written.
class ByteWriter {
  public:
    virtual ~ByteWriter() = default;
    virtual void write(std::string_view bytes) = 0;
    /// Ends the stream; nothing may be written afterwards.
    virtual void finish() = 0;
};

/// Writes a file that appears under its name when it is complete, and computes its SHA-256 on the
/// way. Destruction before `commit` removes what was written.
class FileWriter : public ByteWriter {
  public:
    explicit FileWriter(const std::filesystem::path& path);

    void write(std::string_view bytes) override;
    void finish() override {}
    void commit() { file_.commit(); }
    /// The digest of all that was written; to be asked for once, at the end.
    std::string sha256_hex() { return digester_.finish_hex(); }

  private:
    AtomicFile file_;
    Digester digester_;
};

}  // namespace kiln
