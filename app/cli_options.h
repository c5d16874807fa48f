// What the command line says, read: the values of all commands' options. A command uses its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/messages.h"
#include "logs/study/sign_in.h"

namespace edu::app {

struct Options {
  // of all commands
  std::string station;
  bool json = false;
  std::string lang;

  // what a command is about
  std::string number;              // of a course (KJ000012 or 12), a programme or a session
  std::vector<std::string> names;  // members, paths
  std::string file;

  // library
  std::string words, category, reason, approved_by, by;
  bool removed = false, off = false, yes = false;

  // reception
  bool web = false;

  // source
  std::string source, url, trust, window, proxy, ca_file;
  std::vector<std::string> mirrors;
  int interval = 0, rate = 0;  // 0: not given

  // record
  std::string channel, repeat;
  int minutes = 0;  // 0: not given

  // roster
  std::string group, twins, same_lines, new_lines, skip_lines, member, into;
  bool dry_run = false, new_groups = false, move_out = false;

  // account
  std::string account, password_file;
  std::vector<std::string> roles;
  bool without_password = false;

  // programme
  std::string title, start, kind = "group", rrule, tutor, chair, place, on;
  std::vector<std::string> courseware, exdates, rdates, groups;

  // timeline, journal
  int days = 14, lines = 20;
  bool follow = false;

  // sign-in
  std::string roll_call, means{logs::kSignInMeans.front()};
  std::vector<std::string> excused;
  int visitors = -1;  // none were counted

  // backup, restore
  std::string settings = "/etc/edustation/station.toml";

  // books
  std::string book, from, to, format, month, session, split;
};

}  // namespace edu::app
