// The one table of routes, against what docs/formats.md promises.
#include <fstream>
#include <regex>
#include <set>

#include <gmock/gmock.h>

#include "web/api/routes.h"

namespace edu::web {
namespace {

// "GET /api/v1/library", of the rows of the tables below `heading`, up to the next heading of its kind.
std::set<std::string> documented(const std::string& heading) {
  std::ifstream file(EDU_SOURCE_FOLDER "/docs/formats.md");
  std::set<std::string> found;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) inside = line == heading;
    std::smatch row;
    static const std::regex route(R"(\| (GET|POST) (/[^ |]*) \|.*)");
    if (!inside || !std::regex_match(line, row, route)) continue;
    const auto path = row[2].str();
    const bool outside = path == "/" || path.find('.') != std::string::npos;
    EXPECT_TRUE(found.insert(row[1].str() + (outside ? " " : " /api/v1") + path).second) << line;
  }
  return found;
}

TEST(RouteTable, IsWhatTheFormatsSay) {
  std::set<std::string> there;
  for (const auto& row : routes()) there.insert(std::string(row.method) + " " + row.path);
  EXPECT_EQ(there.size(), routes().size()) << "a route stands twice";
  EXPECT_THAT(documented("## HTTP interface, /api/v1"), testing::ContainerEq(there));
}

TEST(RouteTable, NamesARoleForEach) {
  for (const auto& row : routes()) {
    const bool page = !std::string(row.path).starts_with("/api/");
    EXPECT_STREQ(row.role, page ? kPublic : kOperator) << row.path;
    EXPECT_FALSE(page && row.method != std::string("GET")) << row.path;
  }
}

}  // namespace
}  // namespace edu::web
