// Every command with its options. What a command does is in app/cli_*.cpp, its help in texts/, [cli.help] and
// on.
#include "app/cli_grammar.h"
#include "logs/books/books.h"
#include "logs/study/sign_in.h"

namespace edu::app {

void Grammar::add_station() {
  add(app, "status", status);
  auto* at = add(app, "timeline", timeline);
  option(at, "--days", o_.days, "N")->transform(within(1, 366));
}

void Grammar::add_library() {
  auto* on = group("library");
  auto* at = add(*on, "list", library_list);
  option(at, "--text", o_.words);
  option(at, "--category", o_.category);
  flag(at, "--removed", o_.removed);
  at = add(*on, "show", library_show);
  option(at, "NO", o_.number, " ")->required()->transform(courseware_);
  at = add(*on, "import", library_import);
  option(at, "PATH", o_.names, " ")->required();
  option(at, "--receiver", o_.by);
  at = add(*on, "pin", library_pin);
  option(at, "NO", o_.number, " ")->required()->transform(courseware_);
  flag(at, "--off", o_.off);
  at = add(*on, "remove", library_remove);
  option(at, "NO", o_.number, " ")->required()->transform(courseware_);
  option(at, "--reason", o_.reason)->required();
  option(at, "--approved-by", o_.approved_by)->required();
  flag(at, "--yes", o_.yes);
}

void Grammar::add_sources() {
  auto* on = group("source");
  add(*on, "list", source_list);
  auto* at = add(*on, "add", source_add);
  option(at, "NAME", o_.source, " ")->required();
  option(at, "URL", o_.url, " ")->required();
  add_source_settings(at);
  option(at, "--interval", o_.interval, "N")->transform(within(1, 10080));
  option(at, "--window", o_.window, "22:00-06:00");
  option(at, "--rate", o_.rate, "N")->transform(within(1, 10'000'000));
  at = add(*on, "test", source_test);
  option(at, "SOURCE", o_.source, " ")->required();
  add_source_settings(at);
  at = add(*on, "remove", source_remove);
  option(at, "NAME", o_.source, " ")->required();
  flag(at, "--yes", o_.yes);
}

// How a catalogue is reached and believed.
void Grammar::add_source_settings(CLI::App* at) {
  option(at, "--trust", o_.trust, "required|preferred|off")->transform(choice(trust_levels()));
  option(at, "--mirror", o_.mirrors, "URL")->allow_extra_args(false);
  option(at, "--proxy", o_.proxy, "URL");
  option(at, "--ca-file", o_.ca_file, say("type.file"));
}

void Grammar::add_receptions() {
  auto* on = group("reception");
  add(*on, "list", reception_list);
  auto* at = add(*on, "show", reception_show);
  option(at, "OBJECT", o_.number, " ")->required()->transform(id_);
  at = add(*on, "gaps", reception_gaps);
  option(at, "OBJECT", o_.number, " ")->required()->transform(id_);
  at = add(*on, "fill", reception_fill);
  option(at, "GAPS", o_.file, " ")->required();
  flag(at, "--web", o_.web);
}

void Grammar::add_quarantine() {
  auto* on = group("quarantine");
  add(*on, "list", quarantine_list);
  auto* at = add(*on, "empty", quarantine_empty);
  option(at, "RECEPTION", o_.names, " ")->transform(id_);
  flag(at, "--yes", o_.yes);
}

void Grammar::add_records() {
  const auto minutes = within(1, 1440);
  auto* on = group("record");
  auto* at = add(*on, "start", record_start);
  option(at, "CHANNEL", o_.channel, " ")->required();
  option(at, "--title", o_.title);
  option(at, "--minutes", o_.minutes, "N")->transform(minutes);
  at = add(*on, "stop", record_stop);
  option(at, "CHANNEL", o_.channel, " ")->required();
  add(*on, "list", record_list);
  at = add(*on, "add", record_add);
  option(at, "CHANNEL", o_.channel, " ")->required();
  option(at, "--at", o_.start, say("type.local_time"))->required()->transform(local_time_);
  option(at, "--duration", o_.minutes, "N")->required()->transform(minutes);
  option(at, "--repeat", o_.repeat, "daily|weekly|weekdays|monthly|RRULE");
  option(at, "--title", o_.title);
  at = add(*on, "remove", record_remove);
  option(at, "PLAN", o_.number, " ")->required()->transform(id_);
  flag(at, "--yes", o_.yes);
}

void Grammar::add_roster() {
  auto* on = group("roster");
  auto* at = add(*on, "import", roster_import);
  option(at, "FILE", o_.file, " ")->required();
  flag(at, "--dry-run", o_.dry_run);
  option(at, "--twins", o_.twins, "same|new|skip")->transform(choice(twin_decisions()));
  option(at, "--same", o_.same_lines, "N,N");
  option(at, "--new", o_.new_lines, "N,N");
  option(at, "--skip", o_.skip_lines, "N,N");
  flag(at, "--new-groups", o_.new_groups);
  flag(at, "--move-out", o_.move_out);
  flag(at, "--yes", o_.yes);
  at = add(*on, "template", roster_template);
  option(at, "OUTPUT", o_.file, " ");
  at = add(*on, "merge", roster_merge);
  option(at, "WHO", o_.member, " ")->required();
  option(at, "INTO", o_.into, " ")->required();
  flag(at, "--yes", o_.yes);
  at = add(*on, "move-out", roster_move_out);
  option(at, "WHO", o_.member, " ")->required();
  option(at, "--since", o_.on, say("type.date"))->transform(date_);
  at = add(*on, "erase", roster_erase);
  option(at, "WHO", o_.member, " ")->required();
  option(at, "--reason", o_.reason)->required();
  flag(at, "--yes", o_.yes);
  at = add(*on, "export", roster_export);
  option(at, "OUTPUT", o_.file, " ");
  at = add(*on, "list", roster_list);
  option(at, "--group", o_.group);
  option(at, "--category", o_.category);
}

void Grammar::add_programmes() {
  auto* on = group("programme");
  auto* at = add(*on, "add", programme_add);
  const auto when = say("type.local_time");
  option(at, "--title", o_.title)->required();
  option(at, "--start", o_.start, when)->required()->transform(local_time_);
  option(at, "--courseware", o_.courseware, "NO,NO")
      ->required()
      ->delimiter(',')
      ->allow_extra_args(false)
      ->transform(courseware_);
  option(at, "--kind", o_.kind, "group|open|individual")->transform(choice(programme_kinds()));
  option(at, "--rrule", o_.rrule, "RRULE");
  option(at, "--exdate", o_.exdates, when)->delimiter(',')->allow_extra_args(false)->transform(local_time_);
  option(at, "--rdate", o_.rdates, when)->delimiter(',')->allow_extra_args(false)->transform(local_time_);
  option(at, "--group", o_.groups)->delimiter(',')->allow_extra_args(false);
  option(at, "--tutor", o_.tutor);
  option(at, "--chair", o_.chair);
  option(at, "--place", o_.place);
  add(*on, "list", programme_list);
  at = add(*on, "show", programme_show);
  option(at, "PROGRAMME", o_.number, " ")->required()->transform(id_);
  at = add(*on, "cancel", programme_cancel);
  option(at, "PROGRAMME", o_.number, " ")->required()->transform(id_);
  option(at, "--on", o_.on, when)->transform(local_time_);
  option(at, "--reason", o_.reason)->required();
}

void Grammar::add_sessions() {
  auto* on = group("session");
  auto* at = add(*on, "list", session_list);
  option(at, "--from", o_.from, "DATE")->transform(date_);
  option(at, "--to", o_.to, "DATE")->transform(date_);
  at = add(*on, "show", session_show);
  option(at, "SESSION", o_.number, " ")->required()->transform(id_);

  at = add(app, "sign-in", sign_in);
  option(at, "SESSION", o_.number, " ")->required()->transform(id_);
  option(at, "MEMBER", o_.names, " ");
  option(at, "--roll-call", o_.roll_call, say("type.file"));
  const std::vector<std::string> means(logs::kSignInMeans.begin(), logs::kSignInMeans.end());
  option(at, "--means", o_.means, CLI::detail::join(means, "|"))->transform(choice(sign_in_means()));
  option(at, "--excuse", o_.excused, say("type.excuse"))->allow_extra_args(false);
  option(at, "--visitors", o_.visitors, "N")->transform(within(0, 10'000));
  at = add(app, "sign-out", sign_out);
  option(at, "SESSION", o_.number, " ")->required()->transform(id_);
  option(at, "MEMBER", o_.names, " ")->required();
}

void Grammar::add_books() {
  std::vector<std::string> names;
  for (const auto& one : logs::all_books()) names.push_back(one.name);
  auto* at = add(app, "book", book);
  option(at, "BOOK", o_.book, CLI::detail::join(names, "|"))->required()->transform(choice(books()));
  option(at, "--from", o_.from, "DATE")->transform(date_);
  option(at, "--to", o_.to, "DATE")->transform(date_);
  option(at, "--format", o_.format, "table|csv|json")->transform(choice(table_formats()));
  at = add(app, "participation", participation);
  auto* month = option(at, "--month", o_.month, "YYYY-MM")->transform(month_);
  option(at, "--session", o_.session, "SESSION")->transform(id_)->excludes(month);
  option(at, "--by", o_.split, "group|person")->transform(choice(rate_parts()));
}

void Grammar::add_accounts() {
  auto* on = group("account");
  const auto account = [this](CLI::App* at) { option(at, "ACCOUNT", o_.account, " ")->required(); };
  add(*on, "list", account_list);
  auto* at = add(*on, "add", account_add);
  option(at, "ACCOUNT", o_.account, " ");
  option(at, "--role", o_.roles, "operator|tutor|learner|supervisor|auditor")
      ->required()
      ->delimiter(',')
      ->allow_extra_args(false);
  option(at, "--member", o_.member);
  auto* file = option(at, "--password-file", o_.password_file, say("type.file"));
  flag(at, "--without-password", o_.without_password)->excludes(file);
  at = add(*on, "passwd", account_passwd);
  account(at);
  option(at, "--password-file", o_.password_file, say("type.file"));
  at = add(*on, "role", account_role);
  account(at);
  option(at, "ROLE", o_.roles, " ")->required();
  for (const auto& [name, run] : {std::pair{"disable", &account_disable},
                                  std::pair{"enable", &account_enable}, std::pair{"unlock", &account_unlock}})
    account(add(*on, name, run));
  on = group("login");
  add(*on, "list", login_list);
  at = add(*on, "end", login_end);
  option(at, "LOGIN", o_.number, " ")->required();
  add(app, "setup-code", setup_code);
}

void Grammar::add_clock() {
  auto* on = group("clock");
  add(*on, "confirm", clock_confirm);
  auto* at = add(*on, "set-floor", clock_set_floor);
  option(at, "TIME", o_.start, " ")->required()->check(local_time_);
}

void Grammar::add_journal() {
  auto* on = group("journal");
  auto* at = add(*on, "verify", journal_verify);
  option(at, "DIR", o_.file, " ");
  at = add(*on, "tail", journal_tail);
  option(at, "-n", o_.lines, "N")->transform(within(1, 1000));
  flag(at, "--follow", o_.follow);
}

void Grammar::add_backup() {
  auto* at = add(app, "backup", backup);
  option(at, "FOLDER", o_.file, " ")->required();
  option(at, "--settings", o_.settings, say("type.file"));
  at = add(app, "restore", restore);
  option(at, "FOLDER", o_.file, " ")->required();
  option(at, "--settings", o_.settings, say("type.file"));
  flag(at, "--yes", o_.yes);
}

}  // namespace edu::app
