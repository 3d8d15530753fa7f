#include "hcl/value/value.h"

#include <algorithm>
#include <cstdlib>

#include <utf8proc.h>

#include "base/error.h"

namespace kiln::hcl {
namespace {

bool is_ascii(std::string_view text);
bool same_content(const Value& a, const Value& b);
/// True or false where it is settled, nothing where an unknown part leaves it open.
std::optional<bool> decide_equal(const Value& a, const Value& b);
std::optional<bool> decide_equal_elements(const Value::Elements& a, const Value::Elements& b);
std::optional<bool> decide_equal_entries(const Value::Entries& a, const Value::Entries& b);
/// Whether values of these types may turn out to be of one type.
bool may_be_same_type(const Type& a, const Type& b);
Value::Entries normalized(Value::Entries entries);

[[noreturn]] void misread(const char* wanted, const Type& type) {
    throw Error(fmt::format("internal error: a value of type {} was read as {}",
                            type.to_constraint(), wanted));
}

}  // namespace

Value Value::string(std::string_view text) {
    return {Type::string(), State::Known, std::make_shared<const std::string>(normalize_nfc(text))};
}

Value Value::number(Number number) {
    return {Type::number(), State::Known, std::move(number)};
}

Value Value::boolean(bool value) {
    return {Type::boolean(), State::Known, value};
}

Value Value::list(Type element, Elements elements) {
    return {Type::list(std::move(element)), State::Known,
            std::make_shared<const Elements>(std::move(elements))};
}

Value Value::set(Type element, Elements elements) {
    Marks marks;
    for (Value& item : elements) {
        if (item.contains_marked()) {
            marks.merge(item.marks_deep());
            item = item.without_marks_deep();
        }
    }
    Type type = Type::set(std::move(element));
    const bool known = std::all_of(elements.begin(), elements.end(),
                                   [](const Value& item) { return item.is_wholly_known(); });
    if (!known) return unknown_not_null(std::move(type)).with_marks(marks);
    std::stable_sort(elements.begin(), elements.end(),
                     [](const Value& a, const Value& b) { return compare_in_set(a, b) < 0; });
    elements.erase(
        std::unique(elements.begin(), elements.end(),
                    [](const Value& a, const Value& b) { return compare_in_set(a, b) == 0; }),
        elements.end());
    return Value(std::move(type), State::Known,
                 std::make_shared<const Elements>(std::move(elements)))
        .with_marks(marks);
}

Value Value::map(Type element, Entries entries) {
    return {Type::map(std::move(element)), State::Known,
            std::make_shared<const Entries>(normalized(std::move(entries)))};
}

Value Value::tuple(Elements elements) {
    std::vector<Type> types;
    types.reserve(elements.size());
    for (const Value& element : elements) types.push_back(element.type());
    return {Type::tuple(std::move(types)), State::Known,
            std::make_shared<const Elements>(std::move(elements))};
}

Value Value::object(Entries attributes) {
    attributes = normalized(std::move(attributes));
    Type::Attributes types;
    for (const auto& [name, value] : attributes)
        types.emplace_hint(types.end(), name, value.type());
    return {Type::object(std::move(types)), State::Known,
            std::make_shared<const Entries>(std::move(attributes))};
}

Value Value::null_of(Type type) {
    return {std::move(type), State::Null, {}};
}
Value Value::unknown_of(Type type) {
    return {std::move(type), State::Unknown, {}};
}
Value Value::unknown_not_null(Type type) {
    return {std::move(type), State::UnknownNotNull, {}};
}

bool Value::is_wholly_known() const {
    if (!is_known()) return false;
    if (const auto* list = std::get_if<std::shared_ptr<const Elements>>(&content_)) {
        return std::all_of((*list)->begin(), (*list)->end(),
                           [](const Value& item) { return item.is_wholly_known(); });
    }
    if (const auto* map = std::get_if<std::shared_ptr<const Entries>>(&content_)) {
        return std::all_of((*map)->begin(), (*map)->end(),
                           [](const auto& entry) { return entry.second.is_wholly_known(); });
    }
    return true;
}

const std::string& Value::as_string() const {
    const auto* text = std::get_if<std::shared_ptr<const std::string>>(&content_);
    if (text == nullptr) misread("a string", type_);
    return **text;
}

const Number& Value::as_number() const {
    const auto* number = std::get_if<Number>(&content_);
    if (number == nullptr) misread("a number", type_);
    return *number;
}

bool Value::as_bool() const {
    const auto* value = std::get_if<bool>(&content_);
    if (value == nullptr) misread("a bool", type_);
    return *value;
}

const Value::Elements& Value::elements() const {
    const auto* list = std::get_if<std::shared_ptr<const Elements>>(&content_);
    if (list == nullptr) misread("a sequence", type_);
    return **list;
}

const Value::Entries& Value::entries() const {
    const auto* map = std::get_if<std::shared_ptr<const Entries>>(&content_);
    if (map == nullptr) misread("a map or object", type_);
    return **map;
}

std::size_t Value::length() const {
    return type_.is_mapping() ? entries().size() : elements().size();
}

const Value* Value::find(const std::string& key) const {
    const auto found = entries().find(key);
    return found == entries().end() ? nullptr : &found->second;
}

bool Value::can_iterate() const {
    return type_.is_sequence() || type_.is_mapping();
}

std::vector<std::pair<Value, Value>> Value::items() const {
    std::vector<std::pair<Value, Value>> out;
    if (type_.is_mapping()) {
        for (const auto& [key, value] : entries()) out.emplace_back(Value::string(key), value);
        return out;
    }
    std::int64_t index = 0;
    for (const Value& element : elements()) {
        out.emplace_back(type_.is(TypeKind::Set) ? element : Value::number(index), element);
        ++index;
    }
    return out;
}

bool Value::contains_marked() const {
    if (is_marked()) return true;
    if (const auto* list = std::get_if<std::shared_ptr<const Elements>>(&content_)) {
        return std::any_of((*list)->begin(), (*list)->end(),
                           [](const Value& item) { return item.contains_marked(); });
    }
    if (const auto* map = std::get_if<std::shared_ptr<const Entries>>(&content_)) {
        return std::any_of((*map)->begin(), (*map)->end(),
                           [](const auto& entry) { return entry.second.contains_marked(); });
    }
    return false;
}

const Marks& Value::marks() const {
    static const Marks none;
    return marks_ ? *marks_ : none;
}

Marks Value::marks_deep() const {
    Marks all = marks();
    if (const auto* list = std::get_if<std::shared_ptr<const Elements>>(&content_)) {
        for (const Value& item : **list) all.merge(item.marks_deep());
    } else if (const auto* map = std::get_if<std::shared_ptr<const Entries>>(&content_)) {
        for (const auto& [key, item] : **map) all.merge(item.marks_deep());
    }
    return all;
}

Value Value::with_marks(const Marks& marks) const {
    if (marks.empty()) return *this;
    Marks all = this->marks();
    all.insert(marks.begin(), marks.end());
    Value marked = *this;
    marked.marks_ = std::make_shared<const Marks>(std::move(all));
    return marked;
}

Value Value::with_marks_of(const Value& other) const {
    return with_marks(other.marks());
}

Value Value::without_marks() const {
    Value plain = *this;
    plain.marks_ = nullptr;
    return plain;
}

Value Value::without_marks_deep() const {
    if (!contains_marked()) return *this;
    Value plain = without_marks();
    if (const auto* list = std::get_if<std::shared_ptr<const Elements>>(&content_)) {
        Elements items = **list;
        for (Value& item : items) item = item.without_marks_deep();
        plain.content_ = std::make_shared<const Elements>(std::move(items));
    } else if (const auto* map = std::get_if<std::shared_ptr<const Entries>>(&content_)) {
        Entries items = **map;
        for (auto& [key, item] : items) item = item.without_marks_deep();
        plain.content_ = std::make_shared<const Entries>(std::move(items));
    }
    return plain;
}

bool operator==(const Value& a, const Value& b) {
    if (!(a.type_ == b.type_) || a.is_known() != b.is_known() || a.is_null() != b.is_null()) {
        return false;
    }
    return !a.is_known() || a.is_null() || same_content(a, b);
}

Value equals(const Value& a, const Value& b) {
    const auto decided = decide_equal(a, b);
    const Value result =
        decided ? Value::boolean(*decided) : Value::unknown_not_null(Type::boolean());
    Marks marks = a.marks_deep();
    marks.merge(b.marks_deep());
    return result.with_marks(marks);
}

int compare_in_set(const Value& a, const Value& b) {
    if (a.is_null() || b.is_null())
        return static_cast<int>(a.is_null()) - static_cast<int>(b.is_null());
    if (a.type().kind() != b.type().kind()) {
        return a.type().kind() < b.type().kind() ? -1 : 1;
    }
    switch (a.type().kind()) {
        case TypeKind::String:
            return a.as_string().compare(b.as_string());
        case TypeKind::Number:
            return compare(a.as_number(), b.as_number());
        case TypeKind::Bool:
            return static_cast<int>(a.as_bool()) - static_cast<int>(b.as_bool());
        case TypeKind::Map:
        case TypeKind::Object: {
            auto left = a.entries().begin();
            auto right = b.entries().begin();
            for (; left != a.entries().end() && right != b.entries().end(); ++left, ++right) {
                if (const int keys = left->first.compare(right->first); keys != 0) return keys;
                if (const int c = compare_in_set(left->second, right->second); c != 0) return c;
            }
            break;
        }
        case TypeKind::Dynamic:
            return 0;
        default:
            for (std::size_t i = 0; i < std::min(a.length(), b.length()); ++i) {
                const int c = compare_in_set(a.elements()[i], b.elements()[i]);
                if (c != 0) return c;
            }
    }
    return a.length() < b.length() ? -1 : a.length() > b.length() ? 1 : 0;
}

std::string normalize_nfc(std::string_view text) {
    if (is_ascii(text)) return std::string(text);
    utf8proc_uint8_t* normalized = nullptr;
    const auto length =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                     static_cast<utf8proc_ssize_t>(text.size()), &normalized,
                     static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(normalized, &std::free);
    if (length < 0) return std::string(text);
    return {reinterpret_cast<const char*>(normalized), static_cast<std::size_t>(length)};
}

namespace {

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Value::Entries normalized(Value::Entries entries) {
    const bool plain = std::all_of(entries.begin(), entries.end(),
                                   [](const auto& entry) { return is_ascii(entry.first); });
    if (plain) return entries;
    Value::Entries out;
    for (auto& [key, value] : entries) out.insert_or_assign(normalize_nfc(key), std::move(value));
    return out;
}

bool same_content(const Value& a, const Value& b) {
    switch (a.type().kind()) {
        case TypeKind::String:
            return a.as_string() == b.as_string();
        case TypeKind::Number:
            return a.as_number() == b.as_number();
        case TypeKind::Bool:
            return a.as_bool() == b.as_bool();
        case TypeKind::Map:
        case TypeKind::Object:
            return a.entries() == b.entries();
        case TypeKind::Dynamic:
            return true;
        default:
            return a.elements() == b.elements();
    }
}

std::optional<bool> decide_equal(const Value& a, const Value& b) {
    if (a.is_null() && b.is_null()) return true;
    if (a.is_null() || b.is_null()) {
        const Value& other = a.is_null() ? b : a;
        return other.is_not_null() ? std::optional(false) : std::nullopt;
    }
    if (!a.is_known() || !b.is_known()) {
        // The unknown one may still be null, but the other is not, or both are open.
        const bool one_is_value = a.is_not_null() || b.is_not_null();
        if (one_is_value && !may_be_same_type(a.type(), b.type())) return false;
        return std::nullopt;
    }
    if (!may_be_same_type(a.type(), b.type())) return false;
    const bool wholly_known = a.is_wholly_known() && b.is_wholly_known();
    if (wholly_known && !(a.type() == b.type())) return false;
    switch (a.type().kind()) {
        case TypeKind::Map:
        case TypeKind::Object:
            return decide_equal_entries(a.entries(), b.entries());
        case TypeKind::List:
        case TypeKind::Set:
        case TypeKind::Tuple:
            return decide_equal_elements(a.elements(), b.elements());
        case TypeKind::Dynamic:
            return std::nullopt;
        default:
            return same_content(a, b);
    }
}

std::optional<bool> decide_equal_elements(const Value::Elements& a, const Value::Elements& b) {
    if (a.size() != b.size()) return false;
    std::optional<bool> result = true;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto same = decide_equal(a[i], b[i]);
        if (same == false) return false;
        if (!same) result = std::nullopt;
    }
    return result;
}

std::optional<bool> decide_equal_entries(const Value::Entries& a, const Value::Entries& b) {
    if (a.size() != b.size()) return false;
    std::optional<bool> result = true;
    for (auto left = a.begin(), right = b.begin(); left != a.end(); ++left, ++right) {
        if (left->first != right->first) return false;
        const auto same = decide_equal(left->second, right->second);
        if (same == false) return false;
        if (!same) result = std::nullopt;
    }
    return result;
}

bool may_be_same_type(const Type& a, const Type& b) {
    if (a.is_dynamic() || b.is_dynamic()) return true;
    if (a.kind() != b.kind()) return false;
    if (a.is_collection()) return may_be_same_type(a.element(), b.element());
    if (a.is(TypeKind::Tuple)) {
        return std::equal(a.tuple_elements().begin(), a.tuple_elements().end(),
                          b.tuple_elements().begin(), b.tuple_elements().end(), may_be_same_type);
    }
    if (a.is(TypeKind::Object)) {
        return std::equal(a.attributes().begin(), a.attributes().end(), b.attributes().begin(),
                          b.attributes().end(), [](const auto& left, const auto& right) {
                              return left.first == right.first &&
                                     may_be_same_type(left.second, right.second);
                          });
    }
    return true;
}

}  // namespace
}  // namespace kiln::hcl
