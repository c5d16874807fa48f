// A journal as version 0.1.0 wrote it, one record of every kind and more (tests/logs/golden/journal.txt: hash
// and body), and the rows that its own program made of it (tables.txt). A format is for ever: neither file
// changes. A kind or a table that comes later gets a file of its own (people.txt, session_tables.txt).
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "base/sql.h"
#include "logs/books/books.h"
#include "logs/journal/ledger.h"
#include "tests/support/temp_folder.h"

namespace edu::logs {
namespace {

std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream in(EDU_SOURCE_FOLDER "/tests/logs/golden/" + name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class GoldenJournal : public testing::Test {
 protected:
  explicit GoldenJournal(const std::string& name = "journal.txt") : records_(lines_of(name)) {
    journal::create(*database_);
    Digest prev{};
    for (const auto& line : records_) {
      Statement insert(*database_, "INSERT INTO journal(body, prev, hash) VALUES(?, ?, ?)");
      insert.bind(1, line.substr(65));
      insert.bind(2, prev.data(), static_cast<int>(prev.size()));
      prev = from_hex(line.substr(0, 64));
      insert.bind(3, prev.data(), static_cast<int>(prev.size()));
      insert.exec();
    }
  }
  static Digest from_hex(const std::string& hex) {
    Digest digest{};
    for (std::size_t i = 0; i < digest.size(); ++i)
      digest[i] = static_cast<std::uint8_t>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
    return digest;
  }
  // Heading and rows as tables.txt has them; `columns`: "no|seq|…".
  std::vector<std::string> rows_of(const std::string& table, const std::string& columns) {
    std::string list = columns;
    std::ranges::replace(list, '|', ',');
    std::vector<std::string> rows;
    Statement row(*database_, "SELECT " + list + " FROM " + table + " ORDER BY " + list);
    while (row.executeStep()) {
      std::string line;
      for (int i = 0; i < row.getColumnCount(); ++i) line += (i ? "|" : "") + row.getColumn(i).getString();
      rows.push_back(line);
    }
    return rows;
  }

  const std::vector<std::string> records_;
  test::TempFolder folder_;
  std::unique_ptr<Database> database_ = open_database(folder_ / "station.db");
};

TEST_F(GoldenJournal, VerifiesUpToTheHashThatWasWritten) {
  const auto verdict = journal::verify(*database_, {});
  EXPECT_TRUE(verdict.good()) << verdict.problem << " at " << verdict.bad_seq.value_or(0);
  EXPECT_EQ(verdict.checked, 38);
  EXPECT_EQ(to_hex(journal::head(*database_).hash),
            "9a1f2a0a6c7b68a052db0b7103d48661d48b34e2dd83aa305625b2e1d0fa5f8a");
}

TEST_F(GoldenJournal, IsWrittenToTheSameBytesToday) {
  for (const auto& line : records_) {
    const auto parsed = parse_json(line.substr(65)).value();
    EXPECT_EQ(canonical(parsed), line.substr(65));
  }
}

TEST_F(GoldenJournal, MakesTheSameRowsForEver) {
  prepare(*database_, all_projections());
  std::string table;
  std::map<std::string, std::vector<std::string>> tables;
  for (const char* file : {"tables.txt", "session_tables.txt"})
    for (const auto& line : lines_of(file)) {
      if (line.starts_with('['))
        table = line.substr(1, line.size() - 2);
      else if (!line.empty())
        tables[table].push_back(line);
    }
  EXPECT_EQ(tables.size(), 11u);
  for (const auto& [name, lines] : tables) {
    const std::vector<std::string> rows(lines.begin() + 1, lines.end());
    EXPECT_EQ(rows_of(name, lines.at(0)), rows) << name;
  }
  EXPECT_TRUE(journal::verify(*database_, all_projections()).books_compared);
}

// newer.txt: bodies of the kinds, and of the members, that came after 0.1.0.
TEST_F(GoldenJournal, ReadsWhatCameLater) {
  const auto projections = all_projections();
  projection::create(*database_, projections);
  for (const auto& line : lines_of("newer.txt")) {
    const auto body = parse_json(line).value().as_object();
    EXPECT_EQ(canonical(body), line);
    const Event event{get_string(body, "kind"), get_string(body, "actor"), get_object(body, "payload")};
    projection::apply(*database_, projections, {get_int(body, "seq"), get_string(body, "clock"), event});
  }
}

TEST_F(GoldenJournal, HoldsEveryKindThatTheDocumentNames) {
  std::set<std::string> written;
  for (const char* name : {"journal.txt", "people.txt"})
    for (const auto& line : lines_of(name))
      written.emplace(get_string(parse_json(line.substr(65)).value().as_object(), "kind"));
  for (const auto& line : lines_of("newer.txt"))
    written.emplace(get_string(parse_json(line).value().as_object(), "kind"));
  std::ifstream in(EDU_SOURCE_FOLDER "/docs/formats.md");
  int kinds = 0;
  bool in_table = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("|")) in_table = in_table || line == "| kind | payload |";
    if (in_table && line.empty()) break;
    if (!in_table || !line.starts_with("| `")) continue;
    const auto kind = line.substr(3, line.find('`', 3) - 3);
    EXPECT_TRUE(written.contains(kind)) << kind << " is newer: keep a record of it in a file of its own";
    ++kinds;
  }
  EXPECT_EQ(kinds, 42);
}

// What is done to one person, as the first version that could do it wrote it.
class GoldenPeople : public GoldenJournal {
 protected:
  GoldenPeople() : GoldenJournal("people.txt") {}
};

TEST_F(GoldenPeople, VerifiesAndIsWrittenToTheSameBytesToday) {
  EXPECT_TRUE(journal::verify(*database_, {}).good());
  const auto payload_of = [&](std::size_t at) {
    return get_object(parse_json(records_.at(at).substr(65)).value().as_object(), "payload");
  };
  EXPECT_EQ(json::value_from(PersonMerged{std::string(32, '1'), std::string(32, '2')}),
            json::value(payload_of(0)));
  EXPECT_EQ(json::value_from(PersonMovedOut{std::string(32, '3'), "2026-11-01"}), json::value(payload_of(1)));
  EXPECT_EQ(json::value_from(PersonErased{std::string(32, '4'), "本人要求"}), json::value(payload_of(2)));
}

}  // namespace
}  // namespace edu::logs
