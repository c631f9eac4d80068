// What is typed is kept on the server as it is typed; Enter of an input method never sends.
import { openTalk } from "./live.js";
import { post } from "./post.js";
import { leave, SIGN_IN } from "./signed.js";

const WAIT = 600;
const AGAIN = 3000;
const timers = new Map();

const unkept = new Set(); // forms with words the server does not have yet
const saveSoon = (form, wait) => {
  unkept.add(form);
  clearTimeout(timers.get(form));
  if (form.isConnected) timers.set(form, setTimeout(() => save(form), wait));
};

// What was typed while a session ended waits in this tab for the same person to come back.
const KEPT = "akashi.typed";
const keepHere = (form) => {
  const [c, mode, words] = ["c", "mode", "words"].map((name) => form.elements[name].value);
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  const me = document.body.dataset.me;
  const before = kept?.me === me ? kept.words : {};
  sessionStorage.setItem(KEPT, JSON.stringify({ me, words: { ...before, [`${mode} ${c}`]: words } }));
};
const comeBack = () => {
  const me = document.body.dataset.me;
  if (!me) return; // the door itself
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (kept && kept.me !== me) sessionStorage.removeItem(KEPT); // somebody else's words
  if (kept?.me !== me) return;
  for (const form of document.querySelectorAll(".composer")) {
    const { c, mode, words } = form.elements;
    const typed = kept.words[`${mode.value} ${c.value}`];
    if (typed === undefined) continue;
    delete kept.words[`${mode.value} ${c.value}`];
    if (typed === words.value) continue;
    words.value = typed;
    saveSoon(form, 0);
  }
  if (Object.keys(kept.words).length) sessionStorage.setItem(KEPT, JSON.stringify(kept));
  else sessionStorage.removeItem(KEPT);
};

// One after the other: two at once would be two windows to the server.
const saving = new Map();
const save = (form) => {
  const done = (saving.get(form) ?? Promise.resolve()).then(() => keep(form)).finally(() => {
    if (saving.get(form) === done) saving.delete(form);
  });
  saving.set(form, done);
};

const keep = async (form) => {
  const { c, mode, version, words } = form.elements;
  const told = { c: c.value, mode: mode.value, version: version.value, words: words.value };
  const answer = await post("draft", told, true).catch(() => null);
  if (!answer) {
    saveSoon(form, AGAIN); // the line is down
    return;
  }
  if (answer.headers.get("HX-Redirect") || answer.status === 403) {
    keepHere(form); // the session is over, or another one has begun in this browser
    if (answer.status !== 403) leave();
    return;
  }
  if (!answer.ok && answer.status !== 409) {
    saveSoon(form, AGAIN); // nobody has kept it
    return;
  }
  if (words.value === told.words) unkept.delete(form);
  const kept = answer.headers.get("X-Draft");
  if (kept) version.value = kept;
  else if (answer.status === 409) {
    const told = document.createElement("template");
    told.innerHTML = await answer.text();
    const moved = told.content.firstElementChild;
    version.value = moved.dataset.version;
    form.querySelector(".draft-moved")?.remove();
    form.prepend(moved);
  }
};

const chosen = (mode) => {
  const composers = document.querySelector(".composers");
  if (!composers) return;
  composers.dataset.mode = mode;
  for (const each of composers.querySelectorAll(".modes button")) {
    each.setAttribute("aria-pressed", String(each.dataset.mode === mode));
  }
  composers.querySelector(`.composer.${mode} textarea`).focus();
};

export const choose = chosen;

// A canned reply where the cursor stands; what has to be filled in is selected.
const insert = (words) => {
  const box = document.querySelector(".composer.reply textarea");
  box.setRangeText(words, box.selectionStart, box.selectionEnd, "end");
  for (const menu of document.querySelectorAll(".send .menu[open]")) menu.open = false;
  box.focus();
  const open = box.value.indexOf("{{");
  if (open >= 0) box.setSelectionRange(open, box.value.indexOf("}}", open) + 2);
  box.dispatchEvent(new Event("input", { bubbles: true }));
};

// Another press may draw the conversation anew while somebody types there: their words, their place in
// them and the way they are meant stay. What was sent off is drawn as the server answers it.
let typing = null;

const note = (event) => {
  const { ctx } = event.detail;
  if (ctx?.target?.id !== "talk") return;
  const boxes = [...document.querySelectorAll(".composer textarea")].filter(
    (box) => box.form !== ctx.sourceElement && box.value !== box.defaultValue,
  );
  typing = {
    talk: openTalk()?.dataset.conversation,
    mode: document.querySelector(".composers")?.dataset.mode,
    words: boxes.map((box) => [box.id, box.value, box.selectionStart, box.selectionEnd]),
    seen: document.querySelector(".composer.reply")?.elements.seen.value,
    at: boxes.includes(document.activeElement) ? document.activeElement.id : null,
  };
};

const giveBack = () => {
  const kept = typing;
  typing = null;
  if (!kept?.words.length || openTalk()?.dataset.conversation !== kept.talk) return;
  for (const [id, words, from, to] of kept.words) {
    const box = document.getElementById(id);
    if (!box) continue;
    box.value = words;
    box.setSelectionRange(from, to);
    const { seen } = box.form.elements;
    if (seen) seen.value = kept.seen; // they were begun before what is drawn now
    saveSoon(box.form, WAIT);
  }
  if (!kept.at) return;
  chosen(kept.mode);
  document.getElementById(kept.at)?.focus({ preventScroll: true });
};

// Words leave when what is being kept of them is kept, or they would stand there again; on a line that
// hangs they do not wait for ever.
const LONGEST = 8000;
const sendAfter = async (form, submitter) => {
  await Promise.race([saving.get(form), new Promise((go) => setTimeout(go, LONGEST))]);
  saving.delete(form);
  waiting.delete(form);
  if (form.isConnected) form.requestSubmit(submitter);
};
const waiting = new Set();

export const beginDrafts = () => {
  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.matches?.(".send .menu")) event.target.querySelector("input")?.focus();
  }, true);
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.(".composer");
    if (!form) return;
    saveSoon(form, WAIT);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.(".composer");
    if (!form) return;
    clearTimeout(timers.get(form));
    if (saving.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!waiting.has(form)) sendAfter(form, event.submitter);
      waiting.add(form);
      return;
    }
    unkept.delete(form);
  }, true);
  // What did not leave is to be kept again.
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement;
    const isSent = ctx.response?.status < 400;
    if (!isSent && form?.isConnected && form.matches(".composer")) saveSoon(form, WAIT);
  });
  document.addEventListener("htmx:before:response", ({ detail: { ctx } }) => {
    const isOver = ctx.response.raw.headers.get("HX-Redirect")?.startsWith(SIGN_IN);
    if (isOver && ctx.sourceElement?.matches?.(".composer")) keepHere(ctx.sourceElement);
  });
  document.addEventListener("click", (event) => {
    const mode = event.target.closest?.(".modes button")?.dataset.mode;
    if (mode) chosen(mode);
    const words = event.target.closest?.(".canned button")?.dataset.words;
    if (words !== undefined) insert(words);
  });
  document.addEventListener("keydown", (event) => {
    const isEmpty = event.target.matches?.(".composer.reply textarea") && !event.target.value;
    if (!isEmpty || event.key !== "/" || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    const menu = event.target.form.querySelector(".menu");
    menu.open = true;
    menu.querySelector("input").focus();
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.(".composer");
    if (!form || event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    if (!(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  document.addEventListener("htmx:before:swap", note);
  document.addEventListener("htmx:after:swap", giveBack);
  window.addEventListener("pagehide", () => {
    for (const form of unkept) if (form.isConnected) keepHere(form);
  });
  comeBack();
  document.addEventListener("htmx:after:swap", comeBack);
};
