// A station's ledger with all its books, and a roster of five people.
#pragma once

#include "logs/books/books.h"
#include "tests/logs/study_fixture.h"

namespace edu::logs {

class LedgerFixture : public StudyFixture {
 protected:
  LedgerFixture() : StudyFixture(all_projections()) {}
};

}  // namespace edu::logs
