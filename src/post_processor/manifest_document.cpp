#include "post_processor/manifest_document.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace kiln {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const ManifestEntry& entry);
std::string escape_for_html(const std::string& text);

}  // namespace

struct ManifestDocument::Content {
    Json builds = Json::array();
    std::string last_run_uuid;
};

ManifestDocument::ManifestDocument() : content_(std::make_unique<Content>()) {}
ManifestDocument::~ManifestDocument() = default;
ManifestDocument::ManifestDocument(ManifestDocument&&) noexcept = default;
ManifestDocument& ManifestDocument::operator=(ManifestDocument&&) noexcept = default;

ManifestDocument ManifestDocument::parse(std::string_view text) {
    ManifestDocument document;
    if (text.empty()) return document;
    try {
        const Json json = Json::parse(text);
        if (!json.is_object()) throw Error("it holds no JSON object");
        const auto builds = json.find("builds");
        if (builds != json.end() && !builds->is_null()) {
            if (!builds->is_array()) throw Error("`builds` is no list");
            document.content_->builds = *builds;
        }
        const auto last = json.find("last_run_uuid");
        if (last != json.end() && !last->is_null()) {
            if (!last->is_string()) throw Error("`last_run_uuid` is no string");
            document.content_->last_run_uuid = last->get<std::string>();
        }
    } catch (const Json::exception& error) {
        throw Error(error.what());
    }
    return document;
}

std::string ManifestDocument::last_run_uuid() const {
    return content_->last_run_uuid;
}

void ManifestDocument::drop_builds() {
    content_->builds = Json::array();
}

void ManifestDocument::add(const ManifestEntry& entry) {
    content_->builds.push_back(to_json(entry));
    content_->last_run_uuid = entry.run_uuid;
}

std::string ManifestDocument::to_text() const {
    Json json;
    json["builds"] = content_->builds;
    json["last_run_uuid"] = content_->last_run_uuid;
    return escape_for_html(json.dump(2, ' ', false, Json::error_handler_t::replace));
}

namespace {

Json to_json(const ManifestEntry& entry) {
    Json json;
    json["name"] = entry.name;
    json["builder_type"] = entry.builder_type;
    if (entry.build_time != 0) json["build_time"] = entry.build_time;
    json["files"] = nullptr;
    for (const auto& file : entry.files) {
        Json item;
        item["name"] = file.name;
        item["size"] = file.size;
        json["files"].push_back(std::move(item));
    }
    json["artifact_id"] = entry.artifact_id;
    json["packer_run_uuid"] = entry.run_uuid;
    json["custom_data"] = nullptr;
    for (const auto& [name, value] : entry.custom_data) json["custom_data"][name] = value;
    return json;
}

// These characters stand in strings alone, so that the text may be gone through as it is.
std::string escape_for_html(const std::string& text) {
    constexpr std::string_view line_separators = "\u2028\u2029";
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const std::string_view three = std::string_view(text).substr(i, 3);
        if (c == '<' || c == '>' || c == '&') {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else if (three == line_separators.substr(0, 3) || three == line_separators.substr(3)) {
            out += three == line_separators.substr(0, 3) ? "\\u2028" : "\\u2029";
            i += 2;
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace
}  // namespace kiln
