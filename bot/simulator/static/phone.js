// One person's phone: the thread, what is under it, and what the person can do.

import { perform } from "./actions.js";
import { button, drawing, make } from "./dom.js";
import { Menu } from "./menu.js";
import { STICKERS, draw } from "./messages.js";
import { post, reachable, upload } from "./wire.js";

const SHOP_DISTRICT = { title: "銀座四丁目交差点", address: "東京都中央区銀座4丁目", latitude: 35.6717, longitude: 139.765 };
const TOKEN_SECONDS = 60;
const TOKYO = "Asia/Tokyo";

export class Phone {
  constructor(root, shopTime, onNews) {
    this.root = root;
    this.who = root.dataset.who;
    this.words = JSON.parse(root.dataset.words);
    this.shopTime = shopTime;
    this.onNews = onNews;
    this.part = (name) => root.querySelector(`.${name}`);
    this.thread = this.part("thread");
    this.quick = this.part("quick");
    this.menu = new Menu(this.part("menu"), this.words, (action) => this.act(action));
    this.clockFormat = new Intl.DateTimeFormat(this.words.locale, { timeZone: TOKYO, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    this.dayFormat = new Intl.DateTimeFormat(this.words.locale, { timeZone: TOKYO, month: "long", day: "numeric", weekday: "short" });
    this.#listen();
    this.clear();
  }

  // --- what the stream tells -------------------------------------------------

  clear() {
    this.rows = new Map();
    this.last = null;
    this.token = undefined;
    this.isLive = false;
    this.thread.setAttribute("aria-live", "off");
    this.thread.replaceChildren();
    this.#offer(null);
    this.loading = null;
    this.part("hints")?.removeAttribute("hidden");
  }

  goLive() {
    this.isLive = true;
    this.thread.setAttribute("aria-live", "polite");
    this.#toEnd();
  }

  take(row) {
    const take = {
      bubble: () => this.#bubble(row),
      unsent: () => this.#unsent(row.id),
      read: () => this.#mark(row.id, this.words.read),
      waiting: () => this.#mark(row.id, this.words.waiting, "late"),
      lost: () => this.#mark(row.id, this.words.lost, "late"),
      token: () => { this.token = row.at; },
      loading: () => this.#load(row.until),
      standing: () => this.#stand(row.is_blocked),
      menu: () => { this.menu.show(row.menu); this.#toEnd(); },
    }[row.kind];
    take?.();
  }

  /** Called every second with the shop's time. */
  tick(now) {
    if (this.loading && now > this.loading.until) this.#endLoading();
    const chip = this.part("reply-token");
    chip.hidden = this.token === undefined;
    if (chip.hidden) return;
    const age = this.token === null ? null : Math.max(0, Math.floor((now - this.token) / 1000));
    const isOld = age !== null && age > TOKEN_SECONDS;
    chip.textContent = age === null ? this.words.token_used : isOld ? this.words.token_old : `${this.words.token} ${age}${this.words.seconds}`;
    chip.dataset.state = age === null ? "used" : isOld ? "old" : "fresh";
  }

  // --- what the person does -------------------------------------------------

  say(text) {
    return this.#send(post(`${this.who}/text`, { text }));
  }

  act(action) {
    this.#offer(null);
    return this.#send(perform(action, this));
  }

  watched(id) {
    return this.#send(post(`${this.who}/watched`, { id }));
  }

  sendPlace() {
    this.#openTray(false);
    return this.#send(post(`${this.who}/place`, SHOP_DISTRICT));
  }

  pickFiles() {
    this.part("files").click();
  }

  fillIn(text) {
    this.input.value = text;
    this.input.focus();
    this.#grow();
  }

  enlarge(url) {
    const box = document.getElementById("lightbox");
    box.querySelector("img").src = url;
    box.showModal();
  }

  note(text) {
    const notice = this.part("notice");
    notice.textContent = text;
    notice.hidden = false;
    clearTimeout(this.noteTimer);
    this.noteTimer = setTimeout(() => { notice.hidden = true; }, 4000);
  }

  // --- within ------------------------------------------------------------------

  #listen() {
    this.input = this.root.querySelector("textarea");
    const form = this.part("composer");
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    this.input.addEventListener("input", () => this.#grow());
    this.input.addEventListener("focus", () => { this.#openTray(false); this.menu.open(false); this.#toEnd(); });
    this.input.addEventListener("keydown", (event) => {
      // While an input method composes, Enter belongs to it (keyCode 229: Safari ends composing first).
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#submit();
    });
    this.part("add").addEventListener("click", () => this.#openTray(this.part("tray").hidden));
    this.part("pick").addEventListener("click", () => this.pickFiles());
    this.part("place").addEventListener("click", () => this.sendPlace());
    this.part("files").addEventListener("change", (event) => this.#sendFiles(event.target));
    this.part("block").addEventListener("click", () => this.#send(post(`${this.who}/${this.isBlocked ? "unblock" : "block"}`)));
    this.root.querySelectorAll("[data-say]").forEach((hint) => hint.addEventListener("click", () => this.say(hint.dataset.say)));
    for (const { id, keywords } of STICKERS) {
      const choice = button({ className: "sticker-choice" }, drawing(id, { sprite: "stickers.svg", className: "sticker", label: keywords[0] }));
      choice.addEventListener("click", () => {
        this.#openTray(false);
        this.#send(post(`${this.who}/sticker`, { package_id: "1", sticker_id: id, keywords }));
      });
      this.part("stickers").append(choice);
    }
    // Pictures and films get their height only when loaded; who reads at the end stays there.
    this.isAtEnd = true;
    let top = 0;
    this.thread.addEventListener("scroll", () => {
      const isNearEnd = this.thread.scrollHeight - this.thread.scrollTop - this.thread.clientHeight < 60;
      if (isNearEnd || this.thread.scrollTop < top) this.isAtEnd = isNearEnd;
      top = this.thread.scrollTop;
    });
    const follow = () => this.isAtEnd && this.#toEnd();
    for (const kind of ["load", "loadedmetadata"]) this.thread.addEventListener(kind, follow, true);
    new ResizeObserver(follow).observe(this.thread);
  }

  #submit() {
    const text = this.input.value;
    if (!text.trim()) return;
    this.input.value = "";
    this.#grow();
    this.say(text).then((isSent) => { if (!isSent && !this.input.value) this.fillIn(text); });
  }

  /** True when it went out; a failure is told at the phone. */
  async #send(request) {
    try {
      await request;
      return true;
    } catch {
      this.note(this.words.failed);
      return false;
    }
  }

  async #sendFiles(input) {
    const files = [...input.files];
    input.value = "";
    this.#openTray(false);
    const pictures = files.filter((file) => file.type.startsWith("image/"));
    const set = { set_id: crypto.randomUUID(), total: Math.max(1, pictures.length) };
    for (const file of files) {
      const about = { name: file.name };
      if (pictures.length > 1 && pictures.includes(file)) Object.assign(about, set, { index: pictures.indexOf(file) + 1 });
      if (file.type.startsWith("video/")) about.duration_ms = await durationOf(file);
      await this.#send(upload(`${this.who}/file`, file, about));
    }
  }

  #openTray(isOpen) {
    this.part("tray").hidden = !isOpen;
    this.part("add").setAttribute("aria-expanded", String(isOpen));
    this.part("add").classList.toggle("open", isOpen);
    if (isOpen) this.menu.open(false);
  }

  #grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 120)}px`;
    this.part("send").classList.toggle("ready", this.input.value.trim() !== "");
  }

  #bubble(row) {
    if (this.rows.has(row.id)) return;
    this.#endLoading();
    const day = this.dayFormat.format(row.at);
    if (day !== this.last?.day) this.thread.append(make("p", { className: "day" }, make("span", { text: day })));
    const isFirst = this.last?.side !== row.side || day !== this.last?.day;
    this.last = { side: row.side, day };
    const line = row.message ? this.#line(row, isFirst) : this.#unsentLine();
    this.rows.set(row.id, line);
    this.thread.append(line);
    this.#offer(row.side === "shop" ? row.message?.quickReply?.items : null);
    if (row.side === "persona") this.part("hints")?.setAttribute("hidden", "");
    if (this.isAtEnd || row.side === "persona") this.#toEnd();
    if (this.isLive && row.side === "shop") this.onNews(this);
  }

  #line(row, isFirst) {
    const { element, isBare } = draw(row, this);
    const line = make("div", { className: `line ${row.side}${isFirst ? " first" : ""}`, "data-id": row.id });
    const about = make("div", { className: "about" });
    about.append(make("span", { className: "mark" }));
    if (row.via) about.append(make("span", { className: `via ${row.via}`, text: this.words[row.via] }));
    about.append(make("time", { text: this.clockFormat.format(row.at) }));
    const body = make("div", { className: "said" });
    if (row.side === "shop") {
      line.append(isFirst ? make("span", { className: "avatar small shop", text: "証", "aria-hidden": "true" }) : make("span", { className: "avatar small gap" }));
      if (row.message.sender?.name && isFirst) body.append(make("p", { className: "sender", text: row.message.sender.name }));
    } else if (/^\d+$/.test(row.id)) {
      const back = button({ className: "unsend", text: this.words.unsend, title: this.words.unsend_this });
      back.addEventListener("click", () => this.#send(post(`${this.who}/unsend`, { id: row.id })));
      about.prepend(back);
    }
    body.append(isBare ? make("div", { className: "bare" }, element) : make("div", { className: "bubble" }, element));
    line.append(body, about);
    return line;
  }

  #unsent(id) {
    const line = this.#unsentLine();
    this.rows.get(id)?.replaceWith(line);
    this.rows.set(id, line);
  }

  #unsentLine() {
    return make("p", { className: "day" }, make("span", { text: this.words.unsent }));
  }

  #mark(id, text, kind = "") {
    const mark = this.rows.get(id)?.querySelector(".mark");
    if (!mark) return;
    mark.textContent = text;
    mark.className = `mark ${kind}`;
  }

  /** Quick replies belong to the newest message only and are gone with the next. */
  #offer(items) {
    this.quick.replaceChildren();
    this.quick.hidden = !items?.length;
    for (const { action, imageUrl } of items ?? []) {
      const choice = button({ text: action.label });
      if (imageUrl) choice.prepend(make("img", { src: reachable(imageUrl), alt: "" }));
      choice.addEventListener("click", () => this.act(action));
      this.quick.append(choice);
    }
  }

  #load(until) {
    this.#endLoading();
    if (until <= this.shopTime()) return;
    const dots = make("div", { className: "bubble dots", role: "img", "aria-label": this.words.loading }, make("i"), make("i"), make("i"));
    const line = make("div", { className: "line shop first" }, make("span", { className: "avatar small shop", text: "証", "aria-hidden": "true" }), dots);
    this.loading = { until, line };
    this.thread.append(line);
    this.#toEnd();
  }

  #endLoading() {
    this.loading?.line.remove();
    this.loading = null;
  }

  #stand(isBlocked) {
    this.isBlocked = isBlocked;
    this.root.classList.toggle("blocked", isBlocked);
    this.part("block").textContent = isBlocked ? this.words.unblock : this.words.block;
    this.root.querySelectorAll(".composer :is(button, textarea), .hints button").forEach((each) => { each.disabled = isBlocked; });
    this.input.placeholder = isBlocked ? this.words.blocked : this.words.message;
    if (isBlocked) { this.#offer(null); this.#openTray(false); this.menu.open(false); }
  }

  #toEnd() {
    this.isAtEnd = true;
    this.thread.scrollTop = this.thread.scrollHeight;
  }
}

/** Milliseconds of a film, 0 when the browser cannot tell. */
function durationOf(file) {
  const probe = make("video", { preload: "metadata" });
  const url = URL.createObjectURL(file);
  return new Promise((resolve) => {
    const end = () => { URL.revokeObjectURL(url); resolve(Number.isFinite(probe.duration) ? Math.round(probe.duration * 1000) : 0); };
    probe.addEventListener("loadedmetadata", end, { once: true });
    probe.addEventListener("error", end, { once: true });
    probe.src = url;
  });
}
