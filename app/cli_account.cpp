// Commands of the accounts: who may log in at the station's pages.
#include <fstream>

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/confirm.h"
#include "web/http/target.h"

namespace edu::app {
namespace {

// While it lives a terminal does not show what is typed.
class Unseen {
 public:
  Unseen() : terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!terminal_) return;
    ::sigset_t interrupt;
    ::sigemptyset(&interrupt);
    ::sigaddset(&interrupt, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &interrupt, &signals_);  // it would leave the terminal as it is
    auto unseen = before_;
    unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen);
  }
  ~Unseen() {
    if (!terminal_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    ::pthread_sigmask(SIG_SETMASK, &signals_, nullptr);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

 private:
  termios before_{};
  ::sigset_t signals_{};
  bool terminal_;
};

std::string typed_unseen(Desk& desk, const char* question) {
  desk.console.err << desk.say(question) << " " << std::flush;
  std::string line;
  {
    const Unseen unseen;
    std::getline(desk.console.in, line);
  }
  desk.console.err << "\n";
  return line;
}

// The first line of the file that --password-file names ("-": of standard input), or twice from a person.
// False, with the reason said, where there is none.
bool take_password(Desk& desk, std::string& password) {
  const auto& file = desk.options.password_file;
  if (file == "-") {
    std::getline(desk.console.in, password);
  } else if (!file.empty()) {
    std::ifstream in(file);
    std::getline(in, password);
    if (!in) desk.console.err << desk.say("cli.account.no_file", {{"file", file}}) << "\n";
  } else if (!desk.console.terminal) {
    desk.console.err << desk.say("cli.account.needs_password") << "\n";
  } else {
    password = typed_unseen(desk, "cli.account.password");
    if (typed_unseen(desk, "cli.account.again") != password) {
      desk.console.err << desk.say("cli.account.differ") << "\n";
      return false;
    }
  }
  if (password.ends_with('\r')) password.pop_back();
  if (password.empty() && desk.console.terminal) desk.console.err << desk.say("cli.account.empty") << "\n";
  return !password.empty();
}

std::string account_target(const Desk& desk, std::string_view what) {
  return target("accounts/" + web::percent_encode(desk.options.account) + "/" + std::string(what));
}

json::array texts(const std::vector<std::string>& items) { return json::array(items.begin(), items.end()); }

Exit set_state(Desk& desk, bool enabled) {
  json::object body;
  body["enabled"] = enabled;
  return desk.post(account_target(desk, "state"), body);
}

}  // namespace

Exit account_list(Desk& desk) { return desk.show(target("accounts")); }

Exit account_add(Desk& desk) {
  const auto& o = desk.options;
  json::object body;
  body["name"] = o.account;
  body["member"] = o.member;
  body["roles"] = texts(o.roles);
  std::string password;
  if (!o.without_password && !take_password(desk, password)) return Exit::refused;
  body["password"] = password;
  return desk.post(target("accounts"), body);
}

Exit account_passwd(Desk& desk) {
  std::string password;
  if (!take_password(desk, password)) return Exit::refused;
  json::object body;
  body["password"] = password;
  return desk.post(account_target(desk, "password"), body);
}

Exit account_role(Desk& desk) {
  json::object body;
  body["roles"] = texts(desk.options.roles);
  return desk.post(account_target(desk, "roles"), body);
}

Exit account_disable(Desk& desk) { return set_state(desk, false); }
Exit account_enable(Desk& desk) { return set_state(desk, true); }
Exit account_unlock(Desk& desk) { return desk.post(account_target(desk, "unlock"), {}); }

Exit login_list(Desk& desk) { return desk.show(target("logins")); }
Exit login_end(Desk& desk) {
  return desk.post(target("logins/" + web::percent_encode(desk.options.number) + "/end"), {});
}

Exit setup_code(Desk& desk) { return desk.show(target("setup-code")); }

}  // namespace edu::app
