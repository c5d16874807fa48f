// The pages by which somebody comes in: /login, and /setup for the first operator or a forgotten password.
#include <fmt/format.h>

#include "web/api/context.h"
#include "web/api/page.h"
#include "web/http/html.h"

namespace edu::web {
namespace {

// The form's fields go as JSON to the address that it names; what is wrong is told in its own words.
constexpr std::string_view kLoginScript = R"(
const form = document.querySelector('form');
const say = document.querySelector('[role=alert]');
form.addEventListener('submit', async event => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form));
  if ('again' in fields && fields.again !== fields.password) {
    say.textContent = form.dataset.differ;
    form.elements.again.focus();
    return;
  }
  delete fields.again;
  const button = form.querySelector('button');
  button.disabled = true;
  say.textContent = form.dataset.wait;
  try {
    const answer = await fetch(form.dataset.to, {
      method: 'POST', headers: {'Content-Type': 'application/json', 'Accept': 'application/json'}, body: JSON.stringify(fields)});
    if (answer.ok && (await fetch('/api/v1/me')).ok) { location.href = '/'; return; }
    if (answer.ok) say.textContent = form.dataset.cookie;
    else say.textContent = (await answer.json()).detail;
  } catch (error) {
    say.textContent = form.dataset.away;
  }
  button.disabled = false;
});
)";

struct Field {
  const char* label;  // access.form.<label>
  const char* name;   // of the member that it becomes
  const char* type;   // of the input
  const char* autocomplete;
};

std::string field(const Field& one, Language language) {
  return fmt::format(
      "<p><label for=\"{0}\">{1}</label><input id=\"{0}\" name=\"{0}\" type=\"{2}\" autocomplete=\"{3}\" "
      "required></p>\n",
      one.name, escape(text(language, std::string("access.form.") + one.label)), one.type, one.autocomplete);
}

struct Form {
  const char* key;  // its texts: access.<key>.title, .button, .why
  const char* to;
  std::vector<Field> fields;
  const char* other_page;
};

Response form_page(const Rooms& rooms, Language language, const Form& form) {
  const auto say = [&](const char* part) {
    return escape(text(language, std::string("access.") + form.key + "." + part));
  };
  auto body = fmt::format("<header><h1>{}</h1></header>\n<h2>{}</h2>\n<p>{}</p>\n",
                          escape(rooms.station.name), say("title"), say("why"));
  body += fmt::format(
      "<form data-to=\"{}\" data-wait=\"{}\" data-away=\"{}\" data-differ=\"{}\" data-cookie=\"{}\">\n",
      form.to, escape(text(language, "access.form.wait")), escape(text(language, "access.form.away")),
      escape(text(language, "access.form.differ")), escape(text(language, "access.form.cookie")));
  for (const auto& one : form.fields) body += field(one, language);
  body += fmt::format("<p role=\"alert\"></p>\n<p><button>{}</button></p></form>\n", say("button"));
  body += fmt::format("<p><a href=\"{}\">{}</a> · <a href=\"/\">{}</a></p>\n", form.other_page, say("other"),
                      escape(text(language, "access.form.back")));
  return page_answer(rooms, language, "/login.js", body);
}

}  // namespace

Answer show_login_page(Context& context, Request request) {
  const Form form{.key = "login",
                  .to = "/api/v1/login",
                  .fields = {{"name", "name", "text", "username"},
                             {"password", "password", "password", "current-password"}},
                  .other_page = "/setup"};
  co_return form_page(context.rooms, request.language, form);
}

Answer show_setup_page(Context& context, Request request) {
  const Form form{.key = context.gate.ready() ? "recover" : "setup",
                  .to = "/api/v1/setup",
                  .fields = {{"code", "code", "text", "one-time-code"},
                             {"name", "name", "text", "username"},
                             {"new_password", "password", "password", "new-password"},
                             {"again", "again", "password", "new-password"}},
                  .other_page = "/login"};
  co_return form_page(context.rooms, request.language, form);
}

Answer give_login_script(Context&, Request) { co_return script_answer(kLoginScript); }

}  // namespace edu::web
