#include "app/spoken.h"

#include "app/client.h"
#include "app/desk.h"

namespace edu::app {
namespace {

Language of_environment(const Console& console) {
  for (const auto* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const auto value = console.environment(name); !value.empty()) return language_of(value);
  return Language::zh;
}

}  // namespace

Language spoken_at(const std::string& station, const Console& console) noexcept {
  try {
    Question question;
    question.target = target("station");
    question.accept = "application/json";
    const auto answer = ask(Address(station), question);
    if (!answer.language.empty()) return language_of(answer.language);
  } catch (const std::exception&) {  // there is no station, or none by that name
  }
  return of_environment(console);
}

}  // namespace edu::app
