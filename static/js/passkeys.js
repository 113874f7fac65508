// Passkeys. A form says which step it is: "add" makes a passkey, "use" answers with one, "sign-in" does so before anybody
// is known. What the browser answers goes into the form, which is then sent like any other. The library's file beside
// this one turns JSON into what browsers want, and back.

const { create, get, supported } = window.webauthnJSON;

const optionsOnPage = () => JSON.parse(document.getElementById("passkey-options").textContent);

async function optionsOfSite(form) {
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`the site answered ${answer.status}`);
  return answer.json();
}

const steps = {
  add: async () => {
    const options = optionsOnPage().creation_options;
    // The library asks for less and leaves it to the page: a passkey that signs in alone is known to its device, and
    // asks for a finger, a face or a PIN.
    Object.assign(options.publicKey.authenticatorSelection, {
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    });
    return create(options);
  },
  use: async () => get(optionsOnPage().request_options),
  "sign-in": async (form) => get((await optionsOfSite(form)).request_options),
};

function tell(form, problem) {
  const notices = [...form.querySelectorAll("[data-problem]")];
  const fitting = notices.find((one) => one.dataset.problem === problem);
  for (const notice of notices) {
    notice.hidden = !problem || notice !== (fitting ?? notices.at(-1));
    notice.setAttribute("role", "alert");
  }
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  const button = form.querySelector("[type=submit]");
  button.hidden = !supported();
  tell(form, supported() ? "" : "unsupported"); // the notice that scripts are off goes
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    tell(form, "");
    button.disabled = true;
    try {
      form.elements.credential.value = JSON.stringify(await steps[form.dataset.passkey](form));
      form.submit();
    } catch (error) {
      tell(form, error.name);
      button.disabled = false;
      button.focus();
    }
  });
}
