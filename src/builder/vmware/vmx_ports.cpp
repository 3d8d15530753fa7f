#include "builder/vmware/vmx_ports.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace kiln {
namespace {

// `TYPE:a,b` in parts; the type in capitals.
struct Port {
    std::string type;
    std::vector<std::string> parts;
};

Port split(const std::string& text);
std::string capitals(std::string text);
bool is_word(const std::string& text, std::initializer_list<const char*> words);
std::string serial_mistake(const Port& port);
std::string parallel_mistake(const Port& port);
void report(const char* option, const std::string& text, const std::string& mistake,
            Problems& problems);

}  // namespace

void check_serial_port(const std::string& text, Problems& problems) {
    report("serial", text, serial_mistake(split(text)), problems);
}

void check_parallel_port(const std::string& text, Problems& problems) {
    report("parallel", text, parallel_mistake(split(text)), problems);
}

namespace {

Port split(const std::string& text) {
    const std::size_t colon = text.find(':');
    Port port{capitals(text.substr(0, colon)), {}};
    if (colon == std::string::npos) return port;
    std::size_t start = colon + 1;
    while (true) {
        const std::size_t comma = text.find(',', start);
        port.parts.push_back(text.substr(start, comma - start));
        if (comma == std::string::npos) return port;
        start = comma + 1;
    }
}

std::string capitals(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

bool is_word(const std::string& text, std::initializer_list<const char*> words) {
    const std::string wanted = capitals(text);
    return std::any_of(words.begin(), words.end(),
                       [&](const char* word) { return wanted == word; });
}

// Empty when the port is well written.
std::string serial_mistake(const Port& port) {
    const std::size_t count = port.parts.size();
    const bool named = count > 0 && !port.parts[0].empty();
    const auto bad_yield = [&](std::size_t at) {
        return count > at + 1 || (count == at + 1 && !port.parts[at].empty() &&
                                  !is_word(port.parts[at], {"TRUE", "FALSE"}));
    };
    if (port.type == "NONE") return "";
    if (port.type == "AUTO") return bad_yield(0) ? "AUTO takes TRUE or FALSE alone" : "";
    if (port.type == "FILE" || port.type == "DEVICE") {
        if (!named) return port.type + " needs a path";
        return bad_yield(1) ? "only TRUE or FALSE may follow the path" : "";
    }
    if (port.type != "PIPE") return "the type is one of FILE, DEVICE, PIPE, AUTO, NONE";
    if (!named || count < 3) return "PIPE needs a path, an end and a host";
    if (!is_word(port.parts[1], {"CLIENT", "SERVER"})) return "the end is client or server";
    if (!is_word(port.parts[2], {"APP", "VM"})) return "the host is app or vm";
    return bad_yield(3) ? "only TRUE or FALSE may follow the host" : "";
}

std::string parallel_mistake(const Port& port) {
    const std::size_t count = port.parts.size();
    const bool named = count > 0 && !port.parts[0].empty();
    const auto bad_direction = [&](std::size_t at) {
        return count > at + 1 || (count == at + 1 && !port.parts[at].empty() &&
                                  !is_word(port.parts[at], {"BI", "UNI"}));
    };
    if (port.type == "NONE") return "";
    if (port.type == "AUTO") return bad_direction(0) ? "AUTO takes BI or UNI alone" : "";
    if (port.type == "FILE") return named && count == 1 ? "" : "FILE needs a path alone";
    if (port.type != "DEVICE") return "the type is one of FILE, DEVICE, AUTO, NONE";
    if (!named) return "DEVICE needs a path";
    return bad_direction(1) ? "only BI or UNI may follow the path" : "";
}

void report(const char* option, const std::string& text, const std::string& mistake,
            Problems& problems) {
    if (text.empty() || mistake.empty()) return;
    problems.error(option, fmt::format("{} \"{}\" cannot be read: {}.", option, text, mistake));
}

}  // namespace
}  // namespace kiln
