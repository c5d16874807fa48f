// The station's first page: what an operator wants to know at a glance. Plain HTML, read without JavaScript
// too.
#pragma once

#include <string>

#include "web/api/snapshot.h"

namespace edu::web {

// `who`: of whom is logged in, by the name of their account; empty: nobody.
std::string first_page(const Snapshot& snapshot, const Rooms& rooms, Language language,
                       const std::string& who = {});

// What every page has around its body: head (with `more`), style, `script` ("/live.js"), and what it may
// load: its own.
Response page_answer(const Rooms& rooms, Language language, std::string_view script, const std::string& body,
                     std::string_view more = {});
Response script_answer(std::string_view script);

}  // namespace edu::web
