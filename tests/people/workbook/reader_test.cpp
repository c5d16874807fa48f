#include "people/workbook/reader.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/files.h"
#include "people/workbook/workbook.h"
#include "tests/support/file_content.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run.h"
#include "tests/support/temp_folder.h"

namespace edu::workbook {
namespace {

class ReaderTest : public testing::Test {
 protected:
  Result<Workbook> read(const std::string& bytes) {
    const auto lines = test::run(loop_, Reader(clock_).lines_of(bytes, kind_of(bytes).value()));
    if (!lines) return tl::unexpected(lines.error());
    return from_lines(*lines);
  }
  Result<Workbook> read_case(const std::string& name) {
    return read(read_file(fs::path(EDU_SOURCE_FOLDER) / "tests/cases/workbook" / name, 1 << 20));
  }
  // A program in the place of edustation-workbook.
  std::string code_with(const std::string& script) {
    const auto path = folder_ / "workbook.sh";
    test::write_file(path, "#!/bin/sh\n" + script);
    ::chmod(path.c_str(), 0700);
    const auto lines = test::run(loop_, Reader(clock_, path).lines_of("PK", "zip"));
    return lines ? "lines" : lines.error().code;
  }

  test::TempFolder folder_;
  asio::io_context loop_;
  SystemClock clock_;
};

TEST_F(ReaderTest, ReadsEachKindInItsProcess) {
  for (const char* name :
       {"excel.xlsx", "strict.xlsx", "old_excel.xls", "open_document.ods", "xml_2003.xls", "page.xls"}) {
    const auto book = read_case(name);
    ASSERT_TRUE(book) << name << ": " << book.error().code;
    EXPECT_FALSE(book->sheets.empty()) << name;
  }
}

TEST_F(ReaderTest, ABadWorkbookIsARefusal) {
  EXPECT_EQ(read("PK\x03\x04 and nothing more").error().code, "people.workbook_bad");
  EXPECT_EQ(read("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and nothing more").error().code, "people.workbook_bad");
}

TEST_F(ReaderTest, WhateverTheProcessDoesIsARefusal) {
  EXPECT_EQ(code_with("exit 3"), "people.workbook_crashed");
  EXPECT_EQ(code_with("kill -9 $$"), "people.workbook_crashed");
  EXPECT_EQ(code_with("cat >/dev/null; head -c 3000000 /dev/zero"), "people.workbook_garbage");
  EXPECT_EQ(code_with("cat >/dev/null; echo '{\"end\":1}'; sleep 100"), "lines");
  const auto none = test::run(loop_, Reader(clock_, folder_ / "none").lines_of("PK", "zip"));
  EXPECT_EQ(none.error().code, "people.workbook_unavailable");
}

}  // namespace
}  // namespace edu::workbook
