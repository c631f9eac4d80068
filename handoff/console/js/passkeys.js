// Signing in by a device, and adding one: the browser speaks with it, we carry what both say.
const post = (url, body, csrf) =>
  fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(csrf ? { "X-CSRF": csrf } : {}) },
    body: body ? JSON.stringify(body) : "{}",
  });

const enter = async (button) => {
  const asked = await post("/console/passkey/ask");
  if (!asked.ok) return false;
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(await asked.json());
  const credential = await navigator.credentials.get({ publicKey: options });
  const back = encodeURIComponent(button.dataset.back);
  const answer = await post(`/console/passkey?back=${back}`, credential.toJSON());
  if (!answer.ok) return false;
  location.assign((await answer.json()).to);
  return true;
};

const make = async (form) => {
  const { csrf } = document.body.dataset;
  const asked = await post("/console/me/passkeys/ask", null, csrf);
  if (!asked.ok) return false;
  const options = PublicKeyCredential.parseCreationOptionsFromJSON(await asked.json());
  const credential = await navigator.credentials.create({ publicKey: options });
  const name = encodeURIComponent(form.elements.name.value);
  const answer = await post(`/console/me/passkeys?name=${name}`, credential.toJSON(), csrf);
  if (answer.ok) location.reload();
  return answer.ok;
};

const tried = async (work) => {
  const notice = document.getElementById("notice");
  const done = await work().catch(() => false);
  if (!done && notice) notice.textContent = notice.dataset.refused ?? "";
};

export const beginPasskeys = () => {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  const button = document.getElementById("passkey");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => tried(() => enter(button)));
  }
  const form = document.getElementById("passkey-new");
  if (form) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      tried(() => make(form));
    });
  }
};
