// How far somebody has read, and that they are there: told while a conversation is open, and once more
// when it is left. What they put back to unread stays so until they open it again.
import { openTalk } from "./live.js";
import { post } from "./post.js";

const EVERY = 8000;
let unread = null; // the conversation that was put back
let there = null; // the one the shop takes them to be in, and how far it was read

// What is read or put back in one window of a person's is so in the others, too.
const windows = new BroadcastChannel("seen");
let known = ""; // what the others were told last
const also = (is, c, upto) => {
  const told = `${is} ${c} ${upto}`;
  if (told === known) return;
  known = told;
  windows.postMessage({ is, c, who: document.body.dataset.me });
};

export const isKeptUnread = (conversation) => unread === conversation;

const here = () => {
  const { conversation, last } = openTalk()?.dataset ?? {};
  return conversation && { c: conversation, upto: document.hidden || unread === conversation ? "" : last };
};

const tell = (where, doing) => {
  if (where.upto) also("read", where.c, where.upto);
  post("seen", { ...where, doing }).catch(() => {}); // the line is down; the next one tells
};

const stay = (doing) => {
  there = here();
  if (there) tell(there, doing);
};

const doing = () => {
  const at = document.activeElement?.closest?.(".composer");
  if (!at || !at.elements.words.value) return "viewing";
  return at.dataset.mode === "note" ? "noting" : "typing";
};

// What came while a box is empty is known to whoever begins to write in it; what comes after is asked
// about before their words leave. A piece of film is sent by one press, so that they know all of it.
export const reach = () => {
  const talk = openTalk();
  const last = talk?.querySelector(".latest > .reached")?.value;
  if (!last) return;
  talk.dataset.last = last;
  for (const form of talk.querySelectorAll("form")) {
    const { seen, words } = form.elements;
    if (!seen || words?.value) continue;
    seen.value = last;
  }
};

export const beginSeen = () => {
  setInterval(() => { if (!document.hidden) stay(doing()); }, EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) stay(doing()); });
  document.addEventListener("input", (event) => {
    if (event.target.matches?.(".composer.reply textarea") && !event.target.value) reach();
  });
  document.addEventListener("click", (event) => {
    const line = event.target.closest?.(".line > a")?.parentElement;
    if (line && line.dataset.conversation === unread) unread = null;
  }, true);
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const { c, unread: field } = ctx.sourceElement?.elements ?? {};
    if (!field || ctx.response.status >= 400) return;
    unread = c.value;
    also("unread", c.value, "");
  });
  document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
    if (ctx?.target?.id === "talk") there = here();
  });
  document.addEventListener("htmx:after:swap", ({ target, detail }) => {
    const drawn = detail?.ctx?.target;
    if (drawn?.classList?.contains("latest")) reach();
    if (target?.id !== "talk" && drawn?.id !== "talk") return;
    const open = openTalk()?.dataset.conversation;
    if (there && there.c !== open) tell(there, "left");
    if (unread !== open) unread = null;
    stay("viewing");
  });
  windows.addEventListener("message", ({ data }) => {
    if (data.who !== document.body.dataset.me) return;
    if (data.is === "unread") unread = data.c;
    else if (unread === data.c) unread = null;
    known = "";
    document.dispatchEvent(new CustomEvent("seen:elsewhere", { detail: data }));
  });
  window.addEventListener("pagehide", () => stay("left"));
  stay("viewing");
};
