// A network of the test's own: what runs in it sees interfaces that the test makes, and nobody else's.
#pragma once

#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace edu::test {

inline constexpr int kNoNamespace = 77;

// In a process of its own. What fails in `body` (EXPECT or ASSERT) fails the test; where the machine gives no
// namespaces the test is skipped. False: skipped.
inline bool in_own_network(const std::function<void()>& body) {
  std::cout.flush();
  const auto child = ::fork();
  if (child == 0) {
    if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) ::_exit(kNoNamespace);
    if (std::system("ip link add name try0 type veth peer name try1 && ip link delete try0") != 0)
      ::_exit(kNoNamespace);
    body();
    std::cout.flush();
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoNamespace) return false;
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "in a network of its own: status " << status;
  return true;
}

inline void ip(const std::string& arguments) {
  ASSERT_EQ(std::system(("ip " + arguments).c_str()), 0) << "ip " << arguments;
}

}  // namespace edu::test
