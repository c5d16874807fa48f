#include <gtest/gtest.h>

#include "logs/books/books.h"
#include "tests/logs/journal_fixture.h"

namespace edu::logs {

Book deck_faults_book();

namespace {

// The registration.
Books with_the_new_book() {
  auto books = all_books();
  books.push_back(deck_faults_book());
  return books;
}

class NewBook : public JournalFixture {
 protected:
  explicit NewBook(Projections projections = projections_of(with_the_new_book()))
      : JournalFixture(std::move(projections)) {}
  Table read(Language language) {
    return read_book(*reader(), *find_book(books_, "deck_faults"), {}, Zone("Asia/Shanghai"), language);
  }
  Books books_ = with_the_new_book();
};

TEST_F(NewBook, IsReadByItsNameInBothLanguages) {
  append(DeckFailed{"signal 11", "A"});
  append(DeckFailed{"signal 6", "A"});
  const auto table = read(Language::en);
  EXPECT_EQ(table.title, "Deck faults (all, zone Asia/Shanghai)");
  EXPECT_EQ(table.columns.at(0).heading, "Fault");
  EXPECT_EQ(table.columns.at(1).heading, "Journal records");
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(read(Language::zh).title, "播放设备故障簿（全部，时区 Asia/Shanghai）");
  EXPECT_EQ(read(Language::zh).columns.at(0).heading, "故障");
}

TEST_F(NewBook, IsProvedByTheJournalsCheck) {
  append(DeckFailed{"signal 11", "A"});
  EXPECT_TRUE(journal::verify(*reader(), projections_).good());
  open_database(file_)->exec("UPDATE deck_fault SET what='nothing'");
  EXPECT_EQ(journal::verify(*reader(), projections_).detail, "deck_fault");
}

// A station that ran for a year without the book.
class Older : public NewBook {
 protected:
  Older() : NewBook(all_projections()) {}
};

TEST_F(Older, TheNextStartFillsTheBookFromTheJournal) {
  append(DeckFailed{"signal 11", "A"});
  writer_.reset();
  prepare(*open_database(file_), projections_of(books_));
  EXPECT_EQ(read(Language::en).rows.size(), 1u);
}

}  // namespace
}  // namespace edu::logs
