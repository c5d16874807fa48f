// The five patterns that g++ 12 miscompiles (docs/architecture.md): no source may hold one.
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <vector>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string without_comments_and_texts(std::string text) {
  static const std::regex comment(R"(//[^\n]*|"(\\.|[^"\\\n])*")");
  return std::regex_replace(text, comment, "\"\"");
}

// The statements of a source that contain co_await: from the last ; { } before it to the ; after it, where
// braces and lambdas inside the expression are part of it.
std::vector<std::string> awaiting_statements(const std::string& text) {
  std::vector<std::string> statements;
  for (std::size_t at = text.find("co_await"); at != std::string::npos; at = text.find("co_await", at + 8)) {
    auto begin = text.find_last_of(";{}", at);
    begin = begin == std::string::npos ? 0 : begin + 1;
    int depth = 0;
    auto end = at;
    for (; end < text.size(); ++end) {
      const char c = text[end];
      if (c == '(' || c == '[') ++depth;
      if (c == ')' || c == ']') --depth;
      if (depth < 0) break;  // the end of an enclosing if (…) or while (…)
      if (depth == 0 && (c == ';' || c == '{')) break;
    }
    // `f(co_await x(), {1, 2})`: what opens before co_await in the same call counts as well.
    statements.push_back(text.substr(begin, end - begin + 1));
  }
  return statements;
}

bool forbidden(const std::string& statement) {
  static const std::regex lambda(R"(\[[^\]\[]*\]\s*(\([^)]*\)\s*)?(mutable\s*)?(->\s*[\w:<>]+\s*)?\{)");
  static const std::regex braces(R"([(,=]\s*\{|[A-Za-z_>]\{)");
  static const std::regex choice(R"(co_await[^;?]*\?)");
  return std::regex_search(statement, lambda) || std::regex_search(statement, braces) ||
         std::regex_search(statement, choice);
}

bool spawns_a_lambda(const std::string& text) {
  static const std::regex spawn(R"(co_spawn\([^;\[]*,\s*\[)");
  return std::regex_search(text, spawn);
}

// g++ 12 gives up what is made in the condition before the coroutine that it was handed to has ended.
bool awaits_in_a_loop_condition(const std::string& text) {
  static const std::regex loop(R"(\b(while|for)\s*\()");
  for (auto found = std::sregex_iterator(text.begin(), text.end(), loop); found != std::sregex_iterator();
       ++found) {
    const auto begin = static_cast<std::size_t>(found->position() + found->length());
    int depth = 1;
    auto end = begin;
    for (; end < text.size() && depth > 0; ++end) depth += text[end] == '(' ? 1 : text[end] == ')' ? -1 : 0;
    if (text.substr(begin, end - begin).find("co_await") != std::string::npos) return true;
  }
  return false;
}

// Every source below the top, in whatever folder, but for what a build or a demo leaves there.
std::vector<fs::path> sources() {
  std::vector<fs::path> out;
  for (auto entry = fs::recursive_directory_iterator(EDU_SOURCE_FOLDER); entry != fs::end(entry); ++entry) {
    const auto name = entry->path().filename().string();
    if (entry.depth() == 0 && (name == "build" || name == "var" || name.starts_with('.')))
      entry.disable_recursion_pending();
    if (entry->path().extension() == ".cpp" || entry->path().extension() == ".h")
      out.push_back(entry->path());
  }
  return out;
}

TEST(CoroutinePatterns, StandInNoSource) {
  ASSERT_GT(sources().size(), 500u);
  for (const auto& path : sources()) {
    if (path.filename() == "coroutine_patterns_test.cpp") continue;
    const auto text = without_comments_and_texts(read(path));
    for (const auto& statement : awaiting_statements(text))
      EXPECT_FALSE(forbidden(statement)) << path << ":\n" << statement;
    EXPECT_FALSE(awaits_in_a_loop_condition(text)) << path << ": co_await in the condition of a loop";
    EXPECT_FALSE(spawns_a_lambda(text)) << path << ": a lambda goes straight into co_spawn";
  }
}

TEST(CoroutinePatterns, AreFoundWhereTheyStand) {
  EXPECT_TRUE(forbidden(awaiting_statements("x = co_await f([&] { return 1; });").at(0)));
  EXPECT_TRUE(forbidden(awaiting_statements("co_await f({1, 2});").at(0)));
  EXPECT_TRUE(forbidden(awaiting_statements("co_await f(Order{1});").at(0)));
  EXPECT_TRUE(forbidden(awaiting_statements("co_await (a.b(c) == d ? f(x) : g(x));").at(0)));
  EXPECT_TRUE(forbidden(awaiting_statements("co_await f(a ? b : std::string());").at(0)));
  EXPECT_TRUE(awaits_in_a_loop_condition("while (!co_await f(g())) {}"));
  EXPECT_FALSE(awaits_in_a_loop_condition("while (!done(x)) done = co_await f(g());"));
  EXPECT_TRUE(spawns_a_lambda("asio::co_spawn(loop, [&]() -> awaitable<void> { co_return; }, detached);"));
  EXPECT_FALSE(forbidden(awaiting_statements("auto unit = [] { return 1; };\nco_await f(unit);").at(0)));
  EXPECT_FALSE(forbidden(awaiting_statements("if (co_await f(x)) { g(); }").at(0)));
}

}  // namespace
