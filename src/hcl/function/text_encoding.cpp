#include <cerrno>

#include <fmt/format.h>
#include <iconv.h>
#include <libdeflate.h>

#include "hcl/function/builtin.h"

/// Character encodings other than UTF-8, and compression.
namespace kiln::hcl {
namespace {

/// Converts bytes from one encoding to another; throws Error for what cannot be converted.
class Recoder {
  public:
    Recoder(const std::string& to, const std::string& from, const std::string& name)
        : handle_(iconv_open(to.c_str(), from.c_str())) {
        if (handle_ == failed()) {
            throw ArgumentError(1,
                                fmt::format("\"{}\" is not a supported IANA encoding name", name));
        }
    }
    ~Recoder() { iconv_close(handle_); }
    Recoder(const Recoder&) = delete;
    Recoder& operator=(const Recoder&) = delete;

    /// Nothing when the text has what the other encoding cannot say.
    std::optional<std::string> convert(std::string bytes);

  private:
    static iconv_t failed() { return reinterpret_cast<iconv_t>(-1); }
    iconv_t handle_;
};

/// The name for the converter, in capitals: its suffixes for guessing must not be reachable.
std::string checked_name(const std::string& name);
std::string gzip(const std::string& text);

}  // namespace

void add_text_encoding_functions(FunctionTable& table) {
    const Parameter encoding = string_parameter("encoding");
    table.add("textencodebase64",
              fixed({string_parameter("string"), encoding}, Type::string(), [](const Arguments& a) {
                  const std::string& name = a[1].as_string();
                  const std::string to = checked_name(name);
                  Recoder recoder(to == "UTF-16" ? "UTF-16BE" : to, "UTF-8", name);
                  auto bytes = recoder.convert(a[0].as_string());
                  if (bytes && to == "UTF-16") bytes->insert(0, "\xFE\xFF");
                  if (!bytes) {
                      throw ArgumentError(0, fmt::format("the given string contains characters "
                                                         "that cannot be represented in {}",
                                                         name));
                  }
                  return Value::string(encode_base64(*bytes));
              }));
    table.add("textdecodebase64",
              fixed({string_parameter("source"), encoding}, Type::string(), [](const Arguments& a) {
                  const std::string& name = a[1].as_string();
                  const std::string from = checked_name(name);
                  auto bytes = decode_base64(a[0].as_string());
                  // UTF-16 is big-endian unless the text says otherwise.
                  const bool marked =
                      bytes && (bytes->starts_with("\xFE\xFF") || bytes->starts_with("\xFF\xFE"));
                  Recoder recoder("UTF-8", from == "UTF-16" && !marked ? "UTF-16BE" : from, name);
                  if (!bytes) {
                      throw ArgumentError(0, "the given value is not valid base64");
                  }
                  const auto text = recoder.convert(*bytes);
                  if (!text || text->find("\uFFFD") != std::string::npos) {
                      throw ArgumentError(0, fmt::format("the given string contains symbols that "
                                                         "are not defined for {}",
                                                         name));
                  }
                  return Value::string(*text);
              }));
    table.add("base64gzip",
              fixed({string_parameter("str")}, Type::string(), [](const Arguments& a) {
                  return Value::string(encode_base64(gzip(a[0].as_string())));
              }));
}

namespace {

std::string checked_name(const std::string& name) {
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:.";
    if (name.empty() || name.find_first_not_of(allowed) != std::string::npos) {
        throw ArgumentError(1, fmt::format("\"{}\" is not a supported IANA encoding name", name));
    }
    std::string upper = name;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; });
    for (const char* other : {"UTF-7", "UTF-32", "UTF-32LE", "UTF-32BE"}) {
        if (upper == other) {
            throw ArgumentError(1, fmt::format("\"{}\" is not a supported encoding", name));
        }
    }
    return upper;
}

std::optional<std::string> Recoder::convert(std::string bytes) {
    std::string out;
    char* input = bytes.data();
    std::size_t left = bytes.size();
    std::array<char, 4096> buffer{};
    while (true) {
        char* output = buffer.data();
        std::size_t room = buffer.size();
        const bool flushing = left == 0;
        const std::size_t result = flushing ? iconv(handle_, nullptr, nullptr, &output, &room)
                                            : iconv(handle_, &input, &left, &output, &room);
        out.append(buffer.data(), buffer.size() - room);
        if (result == static_cast<std::size_t>(-1)) {
            if (errno != E2BIG) return std::nullopt;
        } else if (flushing) {
            return out;
        }
    }
}

std::string gzip(const std::string& text) {
    const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
        libdeflate_alloc_compressor(6), &libdeflate_free_compressor);
    if (!compressor) throw Error("out of memory");
    std::string out(libdeflate_gzip_compress_bound(compressor.get(), text.size()), '\0');
    out.resize(libdeflate_gzip_compress(compressor.get(), text.data(), text.size(), out.data(),
                                        out.size()));
    if (out.empty()) throw Error("the text cannot be compressed");
    return out;
}

}  // namespace
}  // namespace kiln::hcl
