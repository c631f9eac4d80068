// The stream: whether it stands, what it tells about the open conversation, and when to look anew.
import { isAttended, leave, UNATTENDED } from "./signed.js";

const counts = () => document.getElementById("lists")?.dispatchEvent(new CustomEvent("akashi:counts"));
let countsSoon = 0;

export const openTalk = () => document.querySelector(".talk");

const later = (make, wait) => {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(make, wait);
  };
};

const anew = later(() => location.reload(), 300);

const refresh = () => {
  const talk = openTalk();
  if (talk?.querySelector(".older[data-asked]")) {
    again(); // what is being read back comes first
    return;
  }
  // Whoever reads far back goes on reading; `.newest` leads to what came.
  talk?.querySelector(".entries:not(.cut) .latest")?.dispatchEvent(new CustomEvent("akashi:changed"));
  head(); // after what was said, which is what is waited for
};
const head = later(() => openTalk()?.querySelector(".head")?.dispatchEvent(new CustomEvent("akashi:changed")), 50);

// What was asked for before the last news may have been drawn before it, or into a part that was taken
// away meanwhile: it is asked for once more.
let news = 0;
const topOf = (latest) => latest?.querySelector(".entry")?.id;
const again = later(refresh, 30);

// What the page asked for by itself and was not answered.
export const lookAgain = later(() => {
  refresh();
  counts();
}, 3000);

// How long an answer is still free, as the channel's own token lives.
const countDown = () => {
  for (const free of document.querySelectorAll(".free[data-until]")) {
    const left = Math.floor((Date.parse(free.dataset.until) - Date.now()) / 1000);
    if (left > 0) free.textContent = free.dataset.words.replace("#", String(left));
    else free.remove();
  }
};

const show = (state) => {
  const shown = document.getElementById("link-state");
  if (!shown) return;
  shown.textContent = shown.dataset[state];
  shown.classList.toggle("lost", state !== "live");
};

export const beginLive = () => {
  const stream = document.getElementById("stream");
  if (!stream) return;
  let lostFor = 0;
  stream.addEventListener("live", () => {
    clearTimeout(lostFor);
    show("live");
  });
  for (const name of ["htmx:sse:error", "htmx:sse:close", "htmx:sse:before:connection"]) {
    stream.addEventListener(name, () => {
      clearTimeout(lostFor);
      lostFor = setTimeout(() => show("lost"), 400);
    });
  }
  // Its session is over: through the door, and back to where somebody was.
  stream.addEventListener("htmx:sse:error", (event) => {
    if (event.detail.status === 401) leave();
  });
  stream.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status === 401) leave();
  });
  stream.addEventListener("anew", anew);
  stream.addEventListener("changed", (event) => {
    const conversation = event.detail.data;
    if (openTalk()?.dataset.conversation === conversation) {
      news += 1;
      refresh();
    }
    clearTimeout(countsSoon);
    countsSoon = setTimeout(counts, 1000);
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    // Whoever is at the words goes on there: what another press changed comes part by part.
    const words = document.querySelector(".composers");
    const pressed = ctx?.sourceElement;
    const isBusy = words?.contains(document.activeElement) && !pressed?.closest?.(".composers");
    // Its form may be gone by now: the news of a press can be there before its answer.
    const isSame = pressed?.elements?.c?.value === openTalk()?.dataset.conversation;
    const isDone = (ctx?.response?.status ?? 200) < 400; // why not is told in the place of the talk
    if (ctx?.target?.id === "talk" && isBusy && isSame && isDone) {
      event.preventDefault();
      again();
      return;
    }
    if (ctx?.top === undefined || ctx.top === topOf(ctx.sourceElement)) return;
    event.preventDefault(); // more was read back meanwhile
    again();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx?.news < news) again();
  });
  setInterval(countDown, 1000);
  // After sleep the list must be right without pressing anything.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) {
      refresh();
      counts();
    }
  });
  window.addEventListener("online", refresh);
  // What stands there is asked for again from its first entry on, so that nothing that was read vanishes.
  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    ctx.news = news;
    if (!isAttended()) ctx.request.headers[UNATTENDED] = "yes";
    const latest = ctx.sourceElement;
    if (!latest?.classList?.contains("latest")) return;
    const shown = latest.querySelectorAll(".entry").length;
    const since = new URL(latest.querySelector(".older a")?.href ?? location.href).searchParams.get("before");
    ctx.top = topOf(latest);
    ctx.request.action += `&limit=${Math.min(200, shown + 60)}${since ? `&since=${since}` : ""}`;
  });
};
