// Telling this browser things while nobody looks: asked for on one's own page, kept after signing in.
const HOME = "/console";
const KEPT = "akashi.notices.kept";

const isAble = () =>
  window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const post = (url, body) =>
  fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF": document.body.dataset.csrf },
    body: JSON.stringify(body),
  });

const bytes = (key) =>
  Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

const isFor = (held, key) => {
  const made = held.options?.applicationServerKey;
  if (!made) return true;
  const wanted = bytes(key);
  return new Uint8Array(made).every((each, place) => each === wanted[place]);
};

const chosen = async (registration, key) => {
  const held = await registration.pushManager.getSubscription();
  if (held && isFor(held, key)) return held;
  await held?.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
};

const turnOn = async (key) => {
  const registration = await navigator.serviceWorker.register(`${HOME}/worker.js`, { scope: HOME });
  await navigator.serviceWorker.ready;
  return (await post(`${HOME}/me/push`, (await chosen(registration, key)).toJSON())).ok;
};

const here = async () => {
  const registration = await navigator.serviceWorker.getRegistration(HOME);
  return registration ? registration.pushManager.getSubscription() : null;
};

// Once in each tab and session: whoever signed in anew in their own browser goes on being told.
const keep = async () => {
  if (Notification.permission !== "granted" || sessionStorage.getItem(KEPT)) return false;
  const held = await here();
  if (!held) return false;
  const answer = await post(`${HOME}/me/push/keep`, { endpoint: held.endpoint });
  if (!answer.ok) return false;
  sessionStorage.setItem(KEPT, "yes");
  const { kept, key } = await answer.json();
  if (kept && !isFor(held, key)) await turnOn(key);
  return kept;
};

const mark = async (endpoint) => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  const hex = [...new Uint8Array(digest)].map((each) => each.toString(16).padStart(2, "0"));
  return hex.join("").slice(0, 16);
};

const show = async (section, isKept) => {
  const held = await here();
  const row = held ? section.querySelector(`[data-mark="${await mark(held.endpoint)}"]`) : null;
  if (isKept && !row) location.reload(); // it was drawn before
  if (row) row.querySelector(".here").hidden = false;
  const offer = document.getElementById("notices-on");
  offer.hidden = Boolean(row);
  section.hidden = false;
  offer.querySelector("button").addEventListener("click", async () => {
    const problem = document.getElementById("notices-problem");
    problem.textContent = "";
    if ((await Notification.requestPermission()) !== "granted") {
      problem.textContent = problem.dataset.denied;
      return;
    }
    if (await turnOn(section.dataset.key).catch(() => false)) location.reload();
    else problem.textContent = problem.dataset.failed;
  });
};

export const beginNotices = () => {
  if (!isAble()) return;
  if (!document.body.dataset.csrf) {
    sessionStorage.removeItem(KEPT);
    return;
  }
  const section = document.getElementById("notices");
  keep()
    .catch(() => false)
    .then((isKept) => (section?.dataset.key ? show(section, isKept) : null));
};
