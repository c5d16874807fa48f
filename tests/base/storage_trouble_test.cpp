#include "base/storage_trouble.h"

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <gtest/gtest.h>

#include "base/database.h"

namespace edu {
namespace {

std::string code_of(const std::exception& failure) {
  const auto trouble = storage_trouble(failure);
  return trouble ? trouble->code : "";
}

std::system_error of_errno(int error) { return {error, std::generic_category(), "write /data/x"}; }

TEST(StorageTrouble, IsToldByTheSystemsWord) {
  EXPECT_EQ(code_of(of_errno(ENOSPC)), "storage.full");
  EXPECT_EQ(code_of(of_errno(EDQUOT)), "storage.full");
  EXPECT_EQ(code_of(of_errno(EROFS)), "storage.read_only");
  EXPECT_EQ(code_of(of_errno(EIO)), "storage.failing");
  EXPECT_EQ(code_of(of_errno(ENOENT)), "");
  EXPECT_EQ(code_of(std::runtime_error("disk")), "");
}

TEST(StorageTrouble, IsToldByTheDatabases) {
  Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec("CREATE TABLE t(a); PRAGMA query_only=ON");
  try {
    database.exec("INSERT INTO t VALUES(1)");
    FAIL() << "it was written";
  } catch (const SQLite::Exception& error) {
    EXPECT_EQ(code_of(error), "storage.read_only");
    EXPECT_EQ(storage_trouble(std::current_exception())->args.at("what"), error.what());
  }
  try {
    database.exec("no SQL");
  } catch (const SQLite::Exception& error) {
    EXPECT_EQ(code_of(error), "");
  }
}

}  // namespace
}  // namespace edu
