#include "cli/image/hash.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/image/text.h"
#include "formats/engine/hash.h"

namespace kiln {

int image_hash(const ImageHashOptions& options, const ImageContext& context) {
    const std::vector<DigestType> types = digest_types(options.digests);
    const auto source = open_image(options.source, context.cancel);
    formats::ConvertOptions work;
    work.threads = options.threads;
    work.cancel = context.cancel;
    work.progress_label = fmt::format("hashing {}", options.source.path.filename().string());
    work.progress = [&](const ProgressEvent& event) { context.events.emit(event); };
    const formats::HashResult result = formats::hash_source(*source, types, work);
    if (options.json) {
        nlohmann::ordered_json json = {{"path", options.source.path.string()},
                                       {"virtual_size", result.virtual_size},
                                       {"data", result.data_bytes},
                                       {"sha256", result.sha256}};
        for (const formats::FileDigest& digest : result.digests) {
            json[std::string(digest_name(digest.type))] = digest.hex;
        }
        context.out << json_text(json);
        return 0;
    }
    // As coreutils print and check it; with several digests each by its name.
    const std::string name = options.source.path.string();
    if (result.digests.empty()) {
        context.out << fmt::format("{}  {}\n", result.sha256, name);
        return 0;
    }
    context.out << fmt::format("SHA256 ({}) = {}\n", name, result.sha256);
    for (const formats::FileDigest& digest : result.digests) {
        std::string word(digest_name(digest.type));
        for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        context.out << fmt::format("{} ({}) = {}\n", word, name, digest.hex);
    }
    return 0;
}

std::vector<DigestType> digest_types(const std::vector<std::string>& names) {
    std::vector<DigestType> types;
    for (const std::string& name : names) {
        const auto type = digest_from_name(name);
        if (!type) {
            throw Error(fmt::format("the digest {} is not known", name))
                .with_hint("Digests are md5, sha1, sha224, sha256, sha384 and sha512.");
        }
        // SHA-256 is always computed.
        if (*type != DigestType::Sha256) types.push_back(*type);
    }
    return types;
}

void add_image_hash(CLI::App& app, const std::shared_ptr<ImageCommand>& command) {
    auto options = std::make_shared<ImageHashOptions>();
    CLI::App* hash = app.add_subcommand("hash", "Print the SHA-256 of what a guest sees");
    hash->footer(
        "The digest is that of the disk as a raw file, so that images of different formats with\n"
        "the same content have the same one.");
    hash->add_option("image", options->source.path)->required();
    add_source_flags(*hash, options->source);
    hash->add_option("--digest", options->digests,
                     "a further digest: md5, sha1, sha224, sha384 or sha512 (may be repeated)")
        ->allow_extra_args(false);
    add_threads_flag(*hash, options->threads);
    add_json_flag(*hash, options->json);
    choose_on_call(
        *hash, command,
        [options](const ImageContext& context) { return image_hash(*options, context); },
        [options] { return image_rules({options->source}); });
}

}  // namespace kiln
