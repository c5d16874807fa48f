#include "web/api/verdict.h"

namespace edu::web {

json::object verdict_json(const logs::journal::Verdict& verdict, Language language) {
  json::object out;
  out["good"] = verdict.good();
  out["checked"] = verdict.checked;
  if (verdict.bad_seq) out["bad_seq"] = *verdict.bad_seq;
  out["problem"] = verdict.problem;
  out["detail"] = verdict.detail;
  const Args args{{"checked", std::to_string(verdict.checked)},
                  {"seq", std::to_string(verdict.bad_seq.value_or(0))},
                  {"detail", verdict.detail}};
  out["books_compared"] = verdict.books_compared;
  const auto good = verdict.books_compared ? "verify.good" : "verify.good_chain";
  out["text"] = text(language, verdict.good() ? good : "verify." + verdict.problem, args);
  return out;
}

}  // namespace edu::web
