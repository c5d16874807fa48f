// The tables of study sessions:
//   session, expected (the roster as it was frozen), presence (each stay), attendance (excuse, credit,
//   present), session_play and session_span (what played in it, as far as credit needs it)
//
// The room's other functions, and the books, read them; nobody else does.
#pragma once

#include "logs/journal/projection.h"

namespace edu::logs {

Projection study_projection();

}  // namespace edu::logs
