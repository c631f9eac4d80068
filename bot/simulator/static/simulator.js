// The page: phones side by side, the shop's clock, and the stream that fills them.

import { Phone } from "./phone.js";
import { post, stream } from "./wire.js";

const clock = { ahead: 0 }; // shop's time minus this computer's, in milliseconds
const shopTime = () => Date.now() + clock.ahead;
const timeFormat = new Intl.DateTimeFormat("ja-JP", {
  timeZone: "Asia/Tokyo", month: "numeric", day: "numeric", weekday: "short",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

const phones = new Map();
for (const root of document.querySelectorAll(".phone")) {
  const phone = new Phone(root, shopTime, countUnseen);
  phones.set(phone.who, phone);
}

// --- people as tabs on a narrow page ---------------------------------------------------------------

const tabs = [...document.querySelectorAll("[data-tab]")];
for (const tab of tabs) tab.addEventListener("click", () => choose(tab.dataset.tab));

function choose(who) {
  for (const tab of tabs) {
    const isChosen = tab.dataset.tab === who;
    tab.setAttribute("aria-pressed", String(isChosen));
    if (isChosen) tab.querySelector(".unseen").hidden = true;
    phones.get(tab.dataset.tab).root.classList.toggle("current", isChosen);
  }
}

function countUnseen(phone) {
  const tab = tabs.find((each) => each.dataset.tab === phone.who);
  if (tab.getAttribute("aria-pressed") === "true") return;
  const badge = tab.querySelector(".unseen");
  badge.textContent = String(badge.hidden ? 1 : Number(badge.textContent) + 1);
  badge.hidden = false;
}

// --- the shop's clock ------------------------------------------------------------------------------

for (const move of document.querySelectorAll("[data-to]")) {
  move.addEventListener("click", async () => {
    move.disabled = true;
    await post("clock", { to: move.dataset.to }).then(setClock, () => {});
    move.disabled = false;
    move.focus();
  });
}

function setClock({ at, offset }) {
  clock.ahead = at - Date.now();
  const label = document.getElementById("shop-offset");
  const minutes = Math.round(offset / 60000);
  label.hidden = minutes === 0;
  label.textContent = distance(minutes);
  document.body.classList.toggle("moved", minutes !== 0);
  tick();
}

function distance(minutes) {
  const sign = minutes < 0 ? "−" : "+";
  const total = Math.abs(minutes);
  const days = Math.floor(total / 1440);
  const hours = Math.floor((total % 1440) / 60);
  return sign + [days && `${days}日`, hours && `${hours}時間`, !days && total % 60 && `${total % 60}分`].filter(Boolean).join("");
}

function tick() {
  document.getElementById("shop-time").textContent = timeFormat.format(shopTime());
  for (const phone of phones.values()) phone.tick(shopTime());
}
setInterval(tick, 1000);

function setQuota({ used, limit }) {
  document.getElementById("quota").textContent = `プッシュ ${used} / ${limit.toLocaleString("ja-JP")}`;
}

// --- the stream -------------------------------------------------------------------------------------

const cutOff = document.getElementById("cut-off");

function listen() {
  const news = stream();
  news.addEventListener("open", () => { cutOff.hidden = true; });
  news.addEventListener("reset", () => { for (const phone of phones.values()) phone.clear(); });
  news.addEventListener("live", () => {
    for (const phone of phones.values()) phone.goLive();
    document.body.dataset.live = "true";
    post("open").catch(() => {});
  });
  news.addEventListener("row", ({ data }) => {
    const row = JSON.parse(data);
    if (row.kind === "clock") setClock(row);
    else if (row.kind === "quota") setQuota(row);
    else phones.get(row.persona)?.take(row);
  });
  news.addEventListener("error", () => {
    cutOff.hidden = false;
    if (news.readyState !== EventSource.CLOSED) return;
    news.close();
    setTimeout(listen, 2000);
  });
}
listen();

document.getElementById("lightbox").addEventListener("click", (event) => event.currentTarget.close());
