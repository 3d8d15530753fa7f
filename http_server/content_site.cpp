#include "base/suggest.h"
#include "http_server/byte_range.h"
#include "http_server/content_type.h"
#include "http_server/site.h"

namespace kiln::http {
namespace {

class ContentSite : public Site {
  public:
    explicit ContentSite(std::map<std::string, std::string> content)
        : content_(std::move(content)) {
        for (const auto& [path, text] : content_) paths_.push_back(path);
    }

    Reply answer(const SiteRequest& request) const override {
        auto found = content_.find(request.path.clean);
        if (found == content_.end()) found = content_.find(request.path.decoded);
        Reply reply;
        if (found == content_.end()) {
            reply.status = 404;
            reply.text = fmt::format("{} not found.{}", request.path.clean,
                                     did_you_mean(request.path.clean, paths_));
            return reply;
        }
        const std::string& text = found->second;
        reply.type = content_type(found->first, std::string_view(text).substr(0, 512));
        reply.headers.emplace_back("Accept-Ranges", "bytes");
        // The content has no validator, so a client that sends If-Range wants the whole.
        const auto range =
            request.if_range.empty() ? parse_range(request.range, text.size()) : ByteRange{};
        switch (range.kind) {
            case ByteRange::Kind::Whole:
                reply.text = text;
                break;
            case ByteRange::Kind::Part:
                reply.status = 206;
                reply.text = text.substr(range.first, range.length);
                reply.headers.emplace_back(
                    "Content-Range", fmt::format("bytes {}-{}/{}", range.first,
                                                 range.first + range.length - 1, text.size()));
                break;
            case ByteRange::Kind::Unsatisfiable:
                reply.status = 416;
                reply.headers.emplace_back("Content-Range", fmt::format("bytes */{}", text.size()));
                break;
        }
        return reply;
    }

  private:
    std::map<std::string, std::string> content_;
    std::vector<std::string> paths_;
};

}  // namespace

std::unique_ptr<Site> make_content_site(std::map<std::string, std::string> content) {
    for (const auto& [path, text] : content) {
        if (!path.starts_with('/')) {
            throw Error(fmt::format("http_content: the key \"{}\" does not begin with \"/\"", path))
                .with_hint("Keys are the paths that the guest asks for, such as \"/answers.cfg\".");
        }
    }
    return std::make_unique<ContentSite>(std::move(content));
}

}  // namespace kiln::http
