// The commands of `edustation`, each one function: options in, exit code out. They throw NotReachable.
#pragma once

#include "app/desk.h"

namespace edu::app {

Exit status(Desk& desk);
Exit timeline(Desk& desk);
Exit book(Desk& desk);
Exit participation(Desk& desk);

Exit library_list(Desk& desk);
Exit library_show(Desk& desk);
Exit library_import(Desk& desk);
Exit library_pin(Desk& desk);
Exit library_remove(Desk& desk);
Exit quarantine_list(Desk& desk);
Exit quarantine_empty(Desk& desk);

Exit source_list(Desk& desk);
Exit source_add(Desk& desk);
Exit source_test(Desk& desk);
Exit source_remove(Desk& desk);

Exit reception_list(Desk& desk);
Exit reception_show(Desk& desk);
Exit reception_gaps(Desk& desk);
Exit reception_fill(Desk& desk);

Exit record_start(Desk& desk);
Exit record_stop(Desk& desk);
Exit record_list(Desk& desk);
Exit record_add(Desk& desk);
Exit record_remove(Desk& desk);

Exit roster_list(Desk& desk);
Exit roster_import(Desk& desk);
Exit roster_export(Desk& desk);
Exit roster_template(Desk& desk);
Exit roster_merge(Desk& desk);
Exit roster_move_out(Desk& desk);
Exit roster_erase(Desk& desk);

Exit programme_list(Desk& desk);
Exit programme_show(Desk& desk);
Exit programme_add(Desk& desk);
Exit programme_cancel(Desk& desk);

Exit session_list(Desk& desk);
Exit session_show(Desk& desk);
Exit sign_in(Desk& desk);
Exit sign_out(Desk& desk);

Exit backup(Desk& desk);
Exit restore(Desk& desk);

Exit account_list(Desk& desk);
Exit account_add(Desk& desk);
Exit account_passwd(Desk& desk);
Exit account_role(Desk& desk);
Exit account_disable(Desk& desk);
Exit account_enable(Desk& desk);
Exit account_unlock(Desk& desk);
Exit login_list(Desk& desk);
Exit login_end(Desk& desk);
Exit setup_code(Desk& desk);

Exit clock_confirm(Desk& desk);
Exit clock_set_floor(Desk& desk);

Exit journal_tail(Desk& desk);
Exit journal_verify(Desk& desk);

}  // namespace edu::app
