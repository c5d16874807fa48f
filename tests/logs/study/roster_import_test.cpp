#include "logs/study/roster_import.h"

#include <gtest/gtest.h>

#include "tests/logs/study_fixture.h"

namespace edu::logs {
namespace {

class RosterImport : public StudyFixture {
 protected:
  static people::RosterFile file_of(std::vector<std::string> numbers) {
    people::RosterFile file;
    for (const auto& number : numbers) {
      people::RosterEntry entry;
      entry.number = number;
      entry.name = "学员" + number;
      file.entries.push_back(entry);
    }
    return file;
  }
  PlannedRoster planned(const people::RosterFile& file) { return plan_roster(*reader(), file, today_, {}); }
  people::ImportReport carry_out(const people::RosterFile& file, const PlannedRoster& plan) {
    auto unit = [&](Transaction& t) { return logs::import_roster(t, file, {}, plan, "00", today_, "li"); };
    return test::run(loop_, ledger_->write(unit)).report.value();
  }
  const LocalDate today_ = kShanghai.date_of(at("2026-11-22 19:10:00"));
};

TEST_F(RosterImport, WhatWasPlannedBeforeTheRosterChangedIsPlannedAgain) {
  const auto file = file_of({"101", "102"});
  const auto plan = planned(file);
  EXPECT_EQ(carry_out(file, plan).added.size(), 2u);
  const auto again = carry_out(file, plan);  // made when neither was there
  EXPECT_EQ(again.added.size(), 0u);
  EXPECT_EQ(again.unchanged, 2u);
}

TEST_F(RosterImport, OtherRecordsDoNotMatter) {
  const auto file = file_of({"101"});
  const auto plan = planned(file);
  open_session();
  EXPECT_EQ(carry_out(file, plan).added.size(), 1u);
}

}  // namespace
}  // namespace edu::logs
