// Lines of the list: which belong in this list, which is open, what is unread; rows that
// give way; the thread's two ends.
import { openTalk } from "./live.js";
import { isKeptUnread } from "./seen.js";

const MOST = 200; // entries of a conversation that stand there at once
const NEAR = 160; // pixels from an end that count as being there

const me = () => document.body.dataset.me;

const fits = (line, list, label) => {
  const { state, owner, labels } = line.dataset;
  if (label) return (labels ?? "").split(" ").includes(label);
  switch (list) {
    case "waiting": return state === "waiting";
    case "mine": return owner === me() && (state === "claimed" || state === "snoozed");
    case "snoozed": return state === "snoozed";
    case "all": return true;
    case "mentions": return !line.dataset.came || isCalled(line);
    default: return !line.dataset.came; // late, closed: as the server found them
  }
};

// What a line is to whoever looks. The shop draws it for everybody: as it stood here it goes on, and
// what comes here makes it unread.
const isCalled = (line) => line.dataset.called.split(" ").includes(me());

const wear = (line, kind, isWorn) => {
  const worn = line.querySelector(`.${kind}`);
  if (isWorn === Boolean(worn)) return;
  if (!isWorn) {
    worn.remove();
    return;
  }
  const mark = document.createElement("span");
  mark.className = kind;
  mark.textContent = document.getElementById("lines").dataset[kind];
  const marks = line.querySelector(".marks");
  marks.insertBefore(mark, marks.querySelector(".called, .beside, .label"));
};

const read = (line) => {
  line.classList.remove("unread");
  line.querySelector(".badge")?.remove();
};

const unread = (line, more) => {
  line.classList.add("unread");
  let badge = line.querySelector(".badge");
  if (!badge) {
    badge = document.createElement("span");
    badge.className = "badge";
    badge.setAttribute("aria-label", document.getElementById("lines").dataset.unread);
    line.querySelector("a").append(badge);
  }
  badge.textContent = Math.min(99, Number(badge.textContent) + more);
};

const carryOn = (line) => {
  const stood = document.getElementById(line.id);
  const count = Number(stood?.querySelector(".badge")?.textContent);
  if (stood?.classList.contains("unread")) unread(line, count);
  if (stood) wear(line, "drafted", Boolean(stood.querySelector(".drafted")));
};

const hasWords = () => [...document.querySelectorAll(".composer textarea")].some((box) => box.value);

const arrange = () => {
  const lines = document.getElementById("lines");
  if (!lines) return;
  const { list, label } = lines.dataset;
  const open = openTalk()?.dataset.conversation;
  for (const line of lines.querySelectorAll(".line")) {
    line.querySelector(`.beside[data-staff="${me()}"]`)?.remove();
    line.hidden = !fits(line, list, label);
    const isOpen = line.dataset.conversation === open;
    line.classList.toggle("chosen", isOpen);
    if (isOpen) line.querySelector("a").setAttribute("aria-current", "true");
    else line.querySelector("a").removeAttribute("aria-current");
    const isPutBack = isKeptUnread(line.dataset.conversation);
    const isRead = isOpen && !document.hidden && !isPutBack;
    if (isRead) read(line);
    if (isPutBack && !line.classList.contains("unread")) unread(line, 1);
    if (isOpen) wear(line, "drafted", hasWords());
    wear(line, "called", isCalled(line) && !isRead);
  }
  const count = lines.querySelectorAll(".line.unread:not([hidden])").length;
  document.title = document.title.replace(/^(\(\d+\) )?/, count ? `(${count}) ` : "");
};

const toEnd = () => {
  const entries = document.querySelector(".entries");
  if (entries) entries.scrollTop = entries.scrollHeight;
};

// Older entries come in above what is read, which stays where it is; far below, the newest go.
const heldIn = (entries) => {
  const edge = entries.getBoundingClientRect().top;
  const entry = [...entries.querySelectorAll(".entry")].find((each) => each.getBoundingClientRect().bottom > edge);
  return entry ? { entry, top: entry.getBoundingClientRect().top } : null;
};
const grown = (entries, held) => {
  if (held.entry.isConnected) entries.scrollTop += held.entry.getBoundingClientRect().top - held.top;
  const all = [...entries.querySelectorAll(".entry")];
  for (const each of all.slice(MOST)) each.remove();
  entries.classList.toggle("cut", entries.classList.contains("cut") || all.length > MOST);
};

// A line that is taken out and put in again, here or elsewhere, keeps the keyboard, until another place
// has it.
let focused = null;
const noteFocus = () => {
  const at = document.activeElement;
  if (at && at !== document.body) focused = at.closest(".line")?.id ?? null;
};
const giveFocusBack = () => {
  if (!focused || document.activeElement !== document.body) return;
  document.getElementById(focused)?.querySelector("a")?.focus({ preventScroll: true });
};
const keepingFocus = (move) => {
  noteFocus();
  move();
  giveFocusBack();
};

// What comes in above pushes the others down: they glide instead of jumping away under a hand. What
// comes meanwhile waits for the end of that, so that a burst moves the list a few times, not a hundred.
const GLIDE = 160; // milliseconds
const REST = 80;
const settling = (lines) => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const coming = new Set(); // not shown yet
  const rising = new Set(); // shown where they stood
  let stood = new Map();
  let isMoving = false;
  const note = () => {
    const rows = [...lines.children].filter((line) => line.id);
    stood = new Map(rows.map((line, n) => [line.id, {
      at: line.dataset.at,
      came: line.dataset.came,
      top: line.offsetParent ? line.offsetTop : null,
      after: rows.slice(n + 1, n + 4).map((row) => row.id),
    }]));
  };
  const putBack = (line) => {
    const { after } = stood.get(line.id);
    const below = after.map((id) => document.getElementById(id)).find((each) => each?.parentElement === lines);
    const next = below ?? lines.querySelector(":scope > .more");
    if (next) next.before(line);
    else lines.append(line);
  };
  const glide = () => {
    const runs = [];
    const edge = lines.scrollTop + lines.clientHeight;
    for (const line of lines.scrollTop || calm.matches ? [] : lines.children) {
      const by = (stood.get(line.id)?.top ?? line.offsetTop) - line.offsetTop;
      if (!by || !line.offsetParent || Math.min(line.offsetTop, line.offsetTop + by) > lines.offsetTop + edge) continue;
      runs.push(line.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], GLIDE).finished);
    }
    isMoving = runs.length > 0;
    // Out of sight nothing is drawn, so nothing ends.
    const late = new Promise((go) => setTimeout(go, 5 * GLIDE));
    if (isMoving) Promise.race([Promise.allSettled(runs), late]).then(() => setTimeout(goOn, REST));
  };
  const settle = () => {
    for (const line of lines.children) line.classList.toggle("coming", coming.has(line.id));
    arrange();
    if (!isMoving) glide();
    note();
    giveFocusBack();
    watching.takeRecords();
  };
  const goOn = () => {
    isMoving = false;
    keepingFocus(() => {
      for (const id of rising) lines.prepend(document.getElementById(id) ?? "");
    });
    rising.clear();
    coming.clear();
    settle();
  };
  // A line goes up when its person did something; a look, a label or an owner leaves it where it was.
  const watching = new MutationObserver(() => {
    const line = lines.firstElementChild;
    const before = stood.get(line?.id);
    if (line?.id && (!before || before.came)) line.dataset.came = "yes"; // not what the server found
    const isNews = line?.id && before?.at !== line.dataset.at;
    if (before && (!isNews || isMoving)) keepingFocus(() => putBack(line));
    if (isNews && isMoving) (before ? rising : coming).add(line.id);
    settle();
  });
  note();
  watching.observe(lines, { childList: true });
};

export const beginLines = () => {
  const heard = new Map();
  let newest = 0;
  for (const { dataset } of document.querySelectorAll(".line[data-at]")) {
    heard.set(dataset.conversation, dataset.at);
    newest = Math.max(newest, Number(dataset.at));
  }
  const lines = document.getElementById("lines");
  document.addEventListener("pointerdown", () => { focused = null; }, { capture: true, passive: true });
  document.addEventListener("htmx:before:swap", (event) => {
    noteFocus();
    for (const { fragment } of event.detail.ctx.sourceElement?.id === "stream" ? event.detail.tasks : []) {
      for (const line of fragment.querySelectorAll(".line")) carryOn(line);
    }
    if (event.detail.ctx.target?.id === "talk") arrange(); // while the words begun there are known
    const entries = document.querySelector(".entries");
    if (!entries) return;
    const below = entries.scrollHeight - entries.scrollTop - entries.clientHeight;
    const isWished = entries.dataset.newest && event.detail.ctx.target?.classList?.contains("latest");
    if (isWished) delete entries.dataset.newest;
    entries.dataset.atEnd = isWished || (below < NEAR && !entries.classList.contains("cut")) ? "yes" : "";
    const { ctx } = event.detail;
    if (!ctx.target?.classList?.contains("older")) return;
    ctx.held = heldIn(entries);
    if (!ctx.held) return;
    // Before the browser draws what comes in, which it may do before the swap is called done.
    ctx.growing = new MutationObserver(() => {
      grown(entries, ctx.held);
      ctx.growing.takeRecords();
    });
    ctx.growing.observe(entries, { childList: true, subtree: true });
  });
  document.addEventListener("htmx:after:swap", (event) => {
    for (const line of document.querySelectorAll(".line[data-at]")) {
      const { conversation, at } = line.dataset;
      if (heard.get(conversation) === at) continue;
      if (heard.has(conversation) || Number(at) >= newest) unread(line, 1);
      heard.set(conversation, at);
      newest = Math.max(newest, Number(at));
    }
    arrange();
    giveFocusBack();
    const entries = document.querySelector(".entries");
    const { ctx } = event.detail;
    ctx?.growing?.disconnect();
    if (entries && ctx?.held) grown(entries, ctx.held);
    else if (entries && entries.dataset.atEnd !== "") toEnd();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".line > a");
    if (link) {
      history.replaceState(null, "", link.href);
      document.body.classList.add("has-talk");
    }
    event.target.closest?.(".older")?.setAttribute("data-asked", "yes");
    const entries = event.target.closest?.(".newest")?.parentElement;
    if (entries) {
      entries.classList.remove("cut");
      entries.dataset.newest = "yes";
    }
  }, true);
  document.addEventListener("scroll", (event) => {
    const entries = event.target;
    if (!entries.classList?.contains("entries") || entries.scrollTop > NEAR) return;
    entries.querySelector(".older:not([data-asked]) a")?.click();
  }, { capture: true, passive: true });
  document.addEventListener("seen:elsewhere", ({ detail }) => {
    for (const line of document.querySelectorAll(".line")) {
      if (detail.is === "read" && line.dataset.conversation === detail.c) read(line);
    }
    arrange();
  });
  arrange();
  toEnd();
  if (lines) settling(lines);
};
