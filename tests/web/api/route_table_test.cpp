// The one table of routes, against what docs/formats.md promises.
#include <fstream>
#include <regex>
#include <set>

#include <gmock/gmock.h>

#include "web/api/routes.h"

namespace edu::web {
namespace {

// What the roles' column of docs/formats.md says: the first letters, in this order.
std::string letters(const std::string& roles) {
  if (roles == kPublic) return "*";
  std::string out;
  for (const auto* role : {"operator", "tutor", "learner", "supervisor", "auditor"})
    if (roles.find(role) != std::string::npos) out += static_cast<char>(std::toupper(role[0]));
  return out;
}

// "GET /api/v1/library OTLSA", of the rows of the tables below `heading`, up to the next heading of its kind.
std::set<std::string> documented(const std::string& heading) {
  std::ifstream file(EDU_SOURCE_FOLDER "/docs/formats.md");
  std::set<std::string> found;
  bool inside = false, outside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) inside = line == heading, outside = false;
    if (line == "Outside /api/v1:") outside = true;
    std::smatch row;
    static const std::regex route(R"(\| (GET|POST) (/[^ |]*) \| ([A-Z*]+) \|.*)");
    if (!inside || !std::regex_match(line, row, route)) continue;
    const auto path = row[2].str();
    const auto known = row[1].str() + (outside ? " " : " /api/v1") + path + " " + row[3].str();
    EXPECT_TRUE(found.insert(known).second) << line;
  }
  return found;
}

TEST(RouteTable, IsWhatTheFormatsSay) {
  std::set<std::string> there;
  for (const auto& row : routes())
    there.insert(std::string(row.method) + " " + row.path + " " + letters(row.roles));
  EXPECT_EQ(there.size(), routes().size()) << "a route stands twice";
  EXPECT_THAT(documented("## HTTP interface, /api/v1"), testing::ContainerEq(there));
}

TEST(RouteTable, LetsAStrangerLogInAndNoMore) {
  std::set<std::string> open;
  for (const auto& row : routes()) {
    const bool page = !std::string(row.path).starts_with("/api/");
    EXPECT_FALSE(page && row.method != std::string("GET")) << row.path;
    EXPECT_FALSE(page && row.roles != std::string(kPublic)) << row.path;
    if (!page && row.roles == std::string(kPublic)) open.insert(row.path);
  }
  EXPECT_THAT(open, testing::ElementsAre("/api/v1/login", "/api/v1/setup"));
}

TEST(RouteTable, LetsAnOperatorDoEverything) {
  for (const auto& row : routes())
    EXPECT_TRUE(row.roles == std::string(kPublic) || std::string(row.roles).starts_with(kOperator))
        << row.path;
}

}  // namespace
}  // namespace edu::web
