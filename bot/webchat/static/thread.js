// The conversation on the page: lines in order, days between them, the end kept in sight.

import { button, make } from "./dom.js";
import { draw, picture, text } from "./letters.js";
import { sentFile, words } from "./wire.js";

const TOKYO = { timeZone: "Asia/Tokyo" };
const tag = document.documentElement.lang;
const clockFormat = new Intl.DateTimeFormat(tag, { ...TOKYO, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayFormat = new Intl.DateTimeFormat(tag, { ...TOKYO, year: "numeric", month: "long", day: "numeric", weekday: "short" });

export class Thread {
  #rows = new Map(); // the visitor's own id, or the entry's number → its line
  #last = null;
  #dots = null;
  #isAtEnd = false; // an empty page begins at its greeting

  constructor(chat) {
    this.chat = chat;
    this.root = document.getElementById("thread");
    this.log = document.getElementById("log");
    this.toEndButton = document.getElementById("to-end");
    this.toEndButton.addEventListener("click", () => { this.toEnd(); this.root.focus(); });
    let top = 0;
    this.root.addEventListener("scroll", () => {
      const isNearEnd = this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < 60;
      if (isNearEnd || this.root.scrollTop < top) this.#isAtEnd = isNearEnd;
      if (this.#isAtEnd) this.toEndButton.hidden = true;
      top = this.root.scrollTop;
    });
    // Pictures get their height only when loaded; who reads at the end stays there.
    const follow = () => this.#isAtEnd && this.toEnd();
    for (const kind of ["load", "loadedmetadata"]) this.root.addEventListener(kind, follow, true);
    new ResizeObserver(follow).observe(this.root);
  }

  goLive() {
    this.log.setAttribute("aria-live", "polite");
  }

  /** An entry as the shop keeps it. False when it stood here already. */
  take(entry) {
    if (entry.side === "shop") return this.#shop(entry);
    if (entry.kind === "unsend") {
      this.unsent(entry.of);
      return false;
    }
    const known = this.#rows.get(entry.own);
    if (known) {
      this.settle(entry.own, entry.at);
      return false;
    }
    this.#visitor(entry, entry.at, null);
    return true;
  }

  /** Entries from before what stands here. */
  prepend(entries) {
    const { log } = this;
    const held = [...log.childNodes];
    const last = this.#last;
    const height = this.root.scrollHeight - this.root.scrollTop;
    log.setAttribute("aria-live", "off");
    log.replaceChildren();
    this.#last = null;
    for (const entry of entries) this.take(entry);
    this.#last = last;
    log.append(...held);
    this.goLive();
    this.root.scrollTop = this.root.scrollHeight - height;
    this.toEndButton.hidden = true;
  }

  /** What the visitor just did, before the shop has it. */
  pending(deed) {
    const line = this.#visitor(deed, Date.now(), deed.blob ?? null);
    line.classList.add("pending");
    this.#mark(line, words.sending);
    this.toEnd();
  }

  settle(own, at) {
    const line = this.#rows.get(own);
    if (!line) return;
    line.classList.remove("pending", "failed");
    this.#mark(line, "");
    line.querySelector(".again")?.remove();
    if (at) line.querySelector("time").textContent = clockFormat.format(at);
  }

  failed(own, retry) {
    const line = this.#rows.get(own);
    if (!line) return;
    line.classList.remove("pending");
    line.classList.add("failed");
    this.#mark(line, words.failed);
    if (!retry) return;
    const again = button({ className: "again", text: words.again });
    again.addEventListener("click", () => {
      again.remove();
      line.classList.replace("failed", "pending");
      this.#mark(line, words.sending);
      retry();
    });
    line.querySelector(".about").append(again);
  }

  unsent(own) {
    const line = this.#rows.get(own);
    if (!line) return;
    const note = make("p", { className: "day", text: words.unsent });
    this.#rows.set(own, note);
    line.replaceWith(note);
  }

  wait(ms) {
    this.#dots?.line.remove();
    clearTimeout(this.#dots?.timer);
    this.#dots = null;
    if (ms <= 0) return;
    const dots = make("div", { className: "bubble dots", role: "img", "aria-label": words.writing }, make("i"), make("i"), make("i"));
    const line = make("div", { className: "line shop first" }, avatar(true), make("div", { className: "said" }, dots));
    this.#dots = { line, timer: setTimeout(() => this.wait(0), ms) };
    this.log.append(line);
    if (this.#isAtEnd) this.toEnd();
  }

  toEnd() {
    this.#isAtEnd = true;
    this.root.scrollTop = this.root.scrollHeight;
    this.toEndButton.hidden = true;
  }

  #shop(entry) {
    if (this.#rows.has(entry.id)) return false;
    this.wait(0);
    entry.messages.forEach((message) => {
      const drawn = draw(message, this.chat);
      if (drawn) this.#rows.set(entry.id, this.#append("shop", entry.at, drawn));
    });
    if (!this.#rows.has(entry.id)) this.#rows.set(entry.id, make("p"));
    if (this.#isAtEnd) this.toEnd();
    else this.toEndButton.hidden = false;
    return true;
  }

  #visitor(entry, at, blob) {
    const line = this.#append("visitor", at, this.#own(entry, blob));
    this.#rows.set(entry.own, line);
    if (entry.kind !== "tap") {
      const back = button({ className: "unsend", text: words.unsend });
      back.addEventListener("click", () => this.chat.unsend(entry.own));
      line.querySelector(".about").prepend(back);
    }
    if (this.#isAtEnd) this.toEnd();
    return line;
  }

  #own(entry, blob) {
    switch (entry.kind) {
      case "file": {
        const address = blob ?? sentFile(entry.own);
        if (entry.file === "video") {
          return { element: make("video", { className: "film", controls: true, playsinline: true, preload: "metadata", src: address, "aria-label": entry.name || words.film }), isBare: true };
        }
        const made = picture(address, address, entry.name, this.chat);
        made.querySelector("img").addEventListener("error", () => made.replaceWith(make("p", { className: "words", text: `${words.photo} ${entry.name ?? ""}`.trim() })), { once: true });
        return { element: made, isBare: true };
      }
      case "place":
        return { element: make("p", { className: "words", text: words.place }) };
      default:
        return { element: text(entry.text ?? entry.said ?? "…") };
    }
  }

  #append(side, at, { element, isBare, isWide }) {
    const day = dayFormat.format(at);
    if (day !== this.#last?.day) this.log.append(make("p", { className: "day", text: day }));
    const isFirst = side !== this.#last?.side || day !== this.#last?.day;
    this.#last = { side, day };
    const line = make("div", { className: `line ${side}${isFirst ? " first" : ""}${isWide ? " wide" : ""}` });
    const who = make("span", { className: "visually-hidden", text: side === "shop" ? words.shop : words.you });
    const body = make("div", { className: "said" }, who, isBare ? element : make("div", { className: "bubble" }, element));
    if (side === "shop") line.append(avatar(isFirst));
    const moment = make("time", { text: clockFormat.format(at), datetime: new Date(at).toISOString() });
    line.append(body, make("div", { className: "about" }, make("span", { className: "mark" }), moment));
    this.log.append(line);
    if (this.#dots) this.log.append(this.#dots.line);
    return line;
  }

  #mark(line, said) {
    line.querySelector(".mark").textContent = said;
  }
}

const avatar = (isFirst) => make("span", { className: isFirst ? "avatar" : "avatar gap", "aria-hidden": "true", text: isFirst ? "証" : "" });
