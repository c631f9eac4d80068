// The page: what the visitor does, the stream that fills the thread, and the answers offered.

import { offered, push } from "./letters.js";
import { Outgoing } from "./outgoing.js";
import { Thread } from "./thread.js";
import { history, leave, mostBytes, newId, post, stream, upload, words } from "./wire.js";

const TOGETHER_MOST = 10;
const TROUBLE_MS = 2500; // a shorter cut is not worth a word
const find = (id) => document.getElementById(id);
const title = document.title;

class Chat {
  #seen = 0;
  #news = null;
  #unseen = 0;
  #outgoing = new Outgoing();

  constructor() {
    this.thread = new Thread(this);
    this.input = find("words");
    this.quick = find("quick");
    this.#listen();
  }

  async begin() {
    try {
      const { entries, last, first } = await history();
      for (const entry of entries) this.#take(entry);
      this.#seen = last;
      this.#earlier(first);
      if (entries.length) this.thread.toEnd();
      if (last) this.#follow();
    } catch {
      setTimeout(() => this.begin(), 3000);
      this.#standing(false);
      return;
    }
    this.#standing(true);
    this.thread.goLive();
    document.body.dataset.live = "true";
  }

  // --- what the visitor does ---------------------------------------------------------------------

  say(text) {
    this.#do({ own: newId(), kind: "text", text }, (own) => post({ id: own, text }));
  }

  tap(data, said) {
    this.#do({ own: newId(), kind: "tap", said }, (own) => post({ id: own, tap: data, said }));
  }

  watched(tracking) {
    post({ id: newId(), watched: tracking }).catch(() => {});
  }

  unsend(own) {
    const id = newId();
    this.#outgoing.put({ send: () => post({ id, unsend: own }), done: () => this.thread.unsent(own), failed: () => this.note(words.cannot_unsend) });
  }

  enlarge(url, said) {
    const box = find("lightbox");
    Object.assign(box.querySelector("img"), { src: url, alt: said });
    box.showModal();
  }

  note(text) {
    const notice = find("notice");
    notice.textContent = text;
    notice.hidden = false;
    clearTimeout(this.noteTimer);
    this.noteTimer = setTimeout(() => { notice.hidden = true; }, 8000);
  }

  // --- within --------------------------------------------------------------------------------------

  #do(deed, send) {
    this.#offer([]);
    this.thread.pending(deed);
    const attempt = () =>
      this.#outgoing.put({
        send: () => send(deed.own),
        done: () => { this.thread.settle(deed.own); this.#follow(); },
        failed: (status) => this.#failed(deed, status, attempt),
      });
    attempt();
  }

  #failed(deed, status, attempt) {
    const told = { 401: words.no_cookie, 413: words.too_large, 415: words.not_taken, 429: words.too_often }[status];
    if (told) this.note(told);
    this.thread.failed(deed.own, [413, 415, 422].includes(status) ? null : attempt);
  }

  #take(entry) {
    const isNew = this.thread.take(entry);
    if (entry.id > this.#seen) this.#seen = entry.id;
    if (entry.side === "shop" && isNew) this.#offer(offered(entry.messages));
    else if (isNew) this.#offer([]);
    return isNew;
  }

  #follow() {
    if (this.#news && this.#news.readyState !== EventSource.CLOSED) return;
    const news = stream(this.#seen);
    this.#news = news;
    news.addEventListener("live", () => this.#standing(true));
    news.addEventListener("entry", ({ data }) => {
      const entry = JSON.parse(data);
      if (this.#take(entry) && entry.side === "shop" && document.hidden) document.title = `(${(this.#unseen += 1)}) ${title}`;
    });
    news.addEventListener("waiting", ({ data }) => this.thread.wait(JSON.parse(data).ms));
    news.addEventListener("error", () => {
      this.#standing(false);
      if (news.readyState === EventSource.CLOSED) setTimeout(() => this.#follow(), 3000);
    });
  }

  #standing(isUp) {
    if (isUp) {
      clearTimeout(this.troubleTimer);
      this.troubleTimer = null;
      find("standing").hidden = true;
    } else {
      this.troubleTimer ??= setTimeout(() => { find("standing").hidden = false; }, TROUBLE_MS);
    }
  }

  #earlier(first) {
    const more = find("earlier");
    more.hidden = !first;
    document.querySelector(".greeting").hidden = Boolean(first);
    more.onclick = async () => {
      more.disabled = true;
      await history(first).then((found) => { this.thread.prepend(found.entries); this.#earlier(found.first); }, () => {});
      more.disabled = false;
    };
  }

  /** Answers belong to the newest message only and are gone with the next. */
  #offer(options) {
    const hadFocus = this.quick.contains(document.activeElement);
    this.quick.replaceChildren(...options.map((each) => push(each, this, "")));
    this.quick.hidden = !options.length;
    if (hadFocus) this.input.focus();
  }

  #listen() {
    find("composer").addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    this.input.addEventListener("input", () => this.#grow());
    this.input.addEventListener("keydown", (event) => {
      // While an input method composes, Enter belongs to it (keyCode 229: Safari ends composing first).
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#submit();
    });
    document.querySelectorAll("[data-tap]").forEach((each) => each.addEventListener("click", () => {
      this.tap(each.dataset.tap, each.textContent.trim());
      this.input.focus({ preventScroll: true });
    }));
    find("pick")?.addEventListener("click", () => find("files").click());
    find("files")?.addEventListener("change", (event) => this.#sendFiles(event.target));
    find("place").addEventListener("click", () => this.#sendPlace());
    find("leave").addEventListener("click", () => window.confirm(words.leave_sure) && leave().then(() => location.reload(), () => this.note(words.failed)));
    const menu = document.querySelector(".more");
    document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    find("lightbox").addEventListener("click", (event) => event.currentTarget.close());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.#unseen = 0;
      document.title = title;
      if (this.#news) this.#follow();
    });
    window.addEventListener("online", () => this.#news && this.#follow());
  }

  #submit() {
    const text = this.input.value;
    if (!text.trim()) return;
    this.input.value = "";
    this.#grow();
    this.say(text);
  }

  #sendFiles(input) {
    const files = [...input.files].slice(0, TOGETHER_MOST);
    input.value = "";
    const pictures = files.filter((file) => file.type.startsWith("image/") && file.size <= mostBytes);
    const set = { set_id: newId(), total: pictures.length };
    for (const file of files) {
      if (file.size > mostBytes) { this.note(words.too_large); continue; }
      const about = { name: file.name.slice(-200) };
      if (pictures.length > 1 && pictures.includes(file)) Object.assign(about, set, { index: pictures.indexOf(file) + 1 });
      const kind = file.type.startsWith("video/") ? "video" : "image";
      const deed = { own: newId(), kind: "file", file: kind, name: file.name, blob: URL.createObjectURL(file) };
      this.#do(deed, (own) => upload(file, { ...about, id: own }));
    }
    this.input.focus();
  }

  #sendPlace() {
    const failed = () => this.note(words.no_place);
    if (!navigator.geolocation) return failed();
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const place = { latitude: coords.latitude, longitude: coords.longitude };
      this.#do({ own: newId(), kind: "place" }, (own) => post({ id: own, place }));
    }, failed, { timeout: 15000, maximumAge: 60000 });
  }

  #grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight + 2, 140)}px`;
    find("send").classList.toggle("ready", this.input.value.trim() !== "");
  }
}

new Chat().begin();
