// Texts for people, one file per language: texts/zh_CN.toml and texts/en.toml, built into the program.
// A key is "room.name"; a text names its arguments in braces: "Stored as no. {no}". `{start:time}` shows an
// ISO 8601 argument as people read a time. Both files hold every key, with the same arguments
// (tests/base/messages_test.cpp). Chinese is the default.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace edu {

enum class Language { zh, en };

using Args = std::map<std::string, std::string>;

// "zh", "zh_CN", "zh-CN,zh;q=0.9,en;q=0.8", "en_GB.UTF-8" …; what names neither gives `fallback`.
Language language_of(std::string_view preference, Language fallback = Language::zh);
const char* tag(Language language);  // "zh-CN", "en"

// A key that is in no file comes back as it is, so that a fault shows and nothing is lost.
std::string text(Language language, std::string_view key, const Args& args = {});
bool has_text(Language language, std::string_view key);
std::string text(Language language, const Refusal& refusal);  // refusal.<code>

std::vector<std::string> text_keys(Language language);               // for the tests
std::string_view raw_text(Language language, std::string_view key);  // for the tests

}  // namespace edu
