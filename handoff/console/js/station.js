// The capture station: files go one after another, in the order of their names, by tus in chunks of
// eight megabytes. What is under way survives a broken line, a sleeping telephone and a closed tab:
// whoever chooses the same file again goes on where it broke off.
import { Upload } from "tus-js-client";

const CHUNK = 8 * 1024 * 1024;
const RETRIES = [0, 500, 1000, 3000, 5000, 10000, 20000, 30000, 60000];
const STALLED_MS = 45_000; // the server gives up a silent line after 20 s
const AGAIN_MS = 15_000;
const KEPT_MS = 30 * 24 * 3600 * 1000;
const SPEED_MS = 10_000;
const THUMBS = 60;
const MEDIA = /\.(jpe?g|png|tiff?|heic|heif|webp|dng|nef|cr[23]|arw|raf|orf|rw2|mp4|m4v|mov|mkv|webm|avi|m?ts|m2ts)$/i;
const OVER = new Set(["taken", "refused", "cancelled"]);

const me = document.body.dataset.me;
const headers = { "x-csrf": document.body.dataset.csrf };
const form = document.getElementById("station");
const list = document.getElementById("station-list");
const sum = document.getElementById("station-sum");
const said = document.getElementById("station-said");
const pauseAll = document.getElementById("station-pause");
const rowTemplate = document.getElementById("station-row");
const words = {};
for (const each of document.getElementById("station-words").querySelectorAll("[data-word]")) {
  words[each.dataset.word] = each.textContent;
}
const filled = (name, facts = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => facts[key] ?? "");

const files = [];
const sent = []; // [moment, bytes] of the last seconds
let current = null;
let isHeld = false;
let wake = null;

// One sitting before this page: a photographed tag counts for the shots after it. Without one of its
// files it is over, because that one may have been a tag.
let station = sessionStorage.getItem("akashi-station") ?? newSitting();

function newSitting() {
  const named = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  sessionStorage.setItem("akashi-station", named);
  return named;
}

class Sent {
  constructor(file, path) {
    this.file = file;
    this.path = path;
    this.told = {
      code: form.elements.code.value.trim(),
      part: form.elements.part.value,
      occasion: form.elements.occasion.value,
    };
    this.state = "waiting";
    this.bytes = 0;
    this.retries = 0;
    this.movedAt = 0;
    this.row = rowTemplate.firstElementChild.cloneNode(true);
    this.row.querySelector(".upload-name").textContent = path;
    this.bar = this.row.querySelector("progress");
    this.bar.setAttribute("aria-label", path);
    this.words = this.row.querySelector(".upload-state");
    this.pause = this.row.querySelector(".upload-pause");
    this.cancel = this.row.querySelector(".upload-cancel");
    this.pause.addEventListener("click", () => (this.isMoving ? this.stop() : this.goOn()));
    this.cancel.addEventListener("click", () => this.giveUp());
    list.append(this.row);
    this.draw();
    if (files.length < THUMBS) drawThumb(this);
  }

  get isMoving() {
    return this.state === "waiting" || this.state === "sending" || this.state === "line";
  }

  // Whose it is hangs on what was sent before it.
  get isInOrder() {
    return !this.told.code;
  }

  get key() {
    const { file, path, told } = this;
    const named = [me, path, file.size, file.lastModified, told.code, told.part, told.occasion];
    return `akashi-${encodeURIComponent(JSON.stringify(named))}`;
  }

  become(state, shown) {
    this.state = state;
    this.shown = shown;
    this.draw();
    drawSum();
  }

  draw() {
    const share = this.file.size ? this.bytes / this.file.size : 0;
    this.bar.value = this.state === "taken" ? 1 : share;
    const facts = { percent: Math.floor(share * 100), count: this.retries };
    const told = this.shown ?? filled(this.state, facts);
    const again = this.retries && this.state === "sending" ? ` ${filled("retried", facts)}` : "";
    if (this.words.textContent !== told + again && !this.words.querySelector("a")) this.words.textContent = told + again;
    this.row.dataset.state = this.state;
    this.pause.hidden = OVER.has(this.state) || this.state === "looking";
    this.cancel.hidden = this.pause.hidden;
    const press = this.isMoving ? words.pause : words.resume;
    if (this.pause.textContent !== press) this.pause.textContent = press;
    this.pause.setAttribute("aria-label", `${press} ${this.path}`);
    this.cancel.setAttribute("aria-label", `${words.cancel} ${this.path}`);
  }

  async start() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    this.become("sending");
    this.movedAt = Date.now();
    const allowed = await mayCome();
    if (this.turn !== turn || this.state !== "sending") return;
    if (allowed !== "yes") return this.failed(allowed);
    if (!this.upload) await this.prepare();
    if (this.turn === turn && this.state === "sending") this.upload.start();
  }

  async prepare() {
    const told = { path: this.path, filename: this.file.name, station, ...this.told };
    if (this.file.lastModified) told.modified = String(this.file.lastModified);
    this.upload = new Upload(this.file, {
      endpoint: new URL("/upload", location.href).href,
      chunkSize: CHUNK,
      retryDelays: RETRIES,
      headers,
      metadata: Object.fromEntries(Object.entries(told).filter(([, value]) => value)),
      fingerprint: async () => this.key,
      onProgress: (bytes) => this.moved(bytes),
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        if (status === 409 && error.originalRequest?.getMethod() === "DELETE") return false;
        const isWorth = navigator.onLine && (status === 0 || status >= 500 || status === 409 || status === 423);
        if (isWorth && status !== 507) this.retries += 1;
        return isWorth && status !== 507;
      },
      onError: (error) => this.failed(reasonOf(error)),
      onSuccess: () => this.arrived(),
    });
    const before = await this.upload.findPreviousUploads();
    before.sort((one, other) => String(other.creationTime).localeCompare(String(one.creationTime)));
    if (before.length) this.upload.resumeFromPreviousUpload(before[0]);
  }

  moved(bytes) {
    if (bytes > this.bytes) {
      const now = Date.now();
      sent.push([now, bytes - this.bytes]);
      while (sent.length && sent[0][0] < now - SPEED_MS) sent.shift();
      this.movedAt = now;
    }
    this.bytes = bytes;
    this.draw();
  }

  failed(why) {
    if (this.state !== "sending") return;
    if (why === "line") {
      this.become("line"); // tried again by itself: a broken line is no failure of the file
    } else {
      this.become("failed", words[why] ?? words.failed);
      const isHolding = this.isInOrder && files.some((each) => each.isInOrder && each.state === "waiting");
      tell(`${this.path}: ${this.shown}${isHolding ? ` ${words.stopped}` : ""}`);
    }
    settled(this);
  }

  async arrived() {
    this.bytes = this.file.size;
    this.become("looking");
    if (!this.isInOrder) settled(this); // the next may begin while this one is looked at
    const went = await whereItWent(this.upload.url);
    if (went === null) {
      this.become("failed", words.unknown);
    } else if (went.state === "refused") {
      forget(this.key);
      this.become("refused", words[went.why] ?? words.refused);
      tell(`${this.path}: ${this.shown}`);
    } else {
      this.become("taken");
      this.words.replaceChildren(...(this.isLate ? [words.too_late, " "] : []), ...places(went));
      tell(`${this.path}: ${this.words.textContent}`);
    }
    settled(this);
  }

  stop() {
    this.upload?.abort();
    this.become("paused");
    settled(this);
  }

  goOn() {
    this.isPassed = false;
    this.become("waiting");
    next();
  }

  async giveUp() {
    const { upload } = this;
    this.turn = (this.turn ?? 0) + 1;
    if (upload?.url) {
      this.become("looking");
      try {
        await upload.abort(true);
      } catch (error) {
        const status = error.originalResponse?.getStatus() ?? 0;
        if (status === 409) {
          this.isLate = true; // every byte is there: it is a capture, or becomes one
          return this.arrived();
        }
        if (status !== 404) {
          this.become("failed", words.failed);
          return settled(this);
        }
      }
    } else {
      upload?.abort();
    }
    forget(this.key);
    this.become("cancelled");
    settled(this);
  }
}

function settled(one) {
  if (current === one) current = null;
  next();
}

function next() {
  if (current === null && !isHeld) {
    current = nextOf(files);
    current?.start();
  }
  stayAwake();
  drawSum();
}

// The first that may be sent. Of those whose order tells whose they are, none overtakes another: one
// that failed holds up the rest until somebody sends it again, gives it up or goes on without it.
function nextOf(all) {
  const missing = [];
  for (const each of all) {
    if (each.state === "waiting" && !each.isInOrder) return each;
    if (!each.isInOrder || each.isPassed) continue;
    if (each.state === "waiting") {
      if (missing.some((one) => one.state === "failed" || one.state === "line")) continue;
      if (missing.length) station = newSitting();
      for (const one of missing) one.isPassed = true;
      return each;
    }
    if (each.state !== "taken" && each.state !== "refused") missing.push(each);
  }
  return null;
}

const stopped = () => files.filter((each) => each.isInOrder && each.state === "failed" && !each.isPassed);

// Who is not signed in any more, or whose line is away, must not lose what the browser remembers.
async function mayCome() {
  try {
    const answer = await fetch("/upload", { headers, cache: "no-store" });
    return answer.ok ? "yes" : answer.status === 403 ? "signed_out" : "line";
  } catch {
    return "line";
  }
}

function reasonOf(error) {
  const response = error.originalResponse;
  const status = response?.getStatus() ?? 0;
  if (status === 403) return "signed_out";
  try {
    const why = JSON.parse(response.getBody()).error.why;
    if (words[why]) return why;
  } catch {
    // no answer of ours
  }
  return status === 0 || status >= 500 || status === 409 || status === 423 ? "line" : "failed";
}

async function whereItWent(url) {
  for (let tries = 0; tries < 240; tries += 1) {
    try {
      const answer = await fetch(url, { headers, cache: "no-store" });
      if (answer.status === 404 || answer.status === 403) return null;
      const told = await answer.json();
      if (answer.ok && told.state !== "open" && told.state !== "whole") return told;
    } catch {
      // the line is away; it is looked again
    }
    await new Promise((done) => setTimeout(done, Math.min(300 * (tries + 1), 5000)));
  }
  return null;
}

function places(went) {
  const link = document.createElement("a");
  if (went.code) {
    link.href = `/console/items/${encodeURIComponent(went.code)}`;
    link.textContent = `${went.code} ${went.title ?? ""}`.trim();
    return [words.to_piece, " ", link];
  }
  link.href = "/console/tray";
  link.textContent = words.tray;
  return [words.to_tray, " ", link];
}

function drawSum() {
  const counted = files.filter((each) => each.state !== "cancelled");
  const done = counted.filter((each) => each.state === "taken").length;
  const left = counted.filter((each) => !OVER.has(each.state));
  const bytes = left.reduce((all, each) => all + each.file.size - each.bytes, 0);
  const span = sent.length > 1 ? (Date.now() - sent[0][0]) / 1000 : 0;
  const speed = span > 1 ? sent.reduce((all, each) => all + each[1], 0) / span : 0;
  const isMoving = current !== null;
  const eta = isMoving && speed ? ` · ${lasting(bytes / speed)}` : "";
  const told = counted.length ? filled("sum", { done, all: counted.length }) + eta : "";
  if (sum.textContent !== told) sum.textContent = told;
  pauseAll.hidden = !left.length;
  const isStopped = isHeld || (current === null && stopped().length > 0);
  pauseAll.textContent = isStopped ? words.resume_all : words.pause_all;
}

function lasting(seconds) {
  if (seconds < 60) return words.soon;
  if (seconds < 3600) return filled("minutes", { count: Math.ceil(seconds / 60) });
  return filled("hours", { count: (seconds / 3600).toFixed(1) });
}

function tell(told) {
  said.textContent = told;
}

async function drawThumb(one) {
  if (!/^image\/(jpeg|png|webp)$/.test(one.file.type) || one.file.size > 40_000_000) return;
  const canvas = one.row.querySelector("canvas");
  try {
    const small = await createImageBitmap(one.file, { resizeWidth: canvas.width, resizeQuality: "low" });
    canvas.getContext("2d").drawImage(small, 0, 0, canvas.width, (small.height * canvas.width) / small.width);
    small.close();
  } catch {
    // a picture this browser cannot open; the shop may
  }
}

function add(chosen) {
  const fresh = chosen.filter(({ file, path }) => file.size > 0 && !path.split("/").pop().startsWith("."));
  fresh.sort((one, other) => one.path.localeCompare(other.path, undefined, { numeric: true }));
  for (const { file, path } of fresh) files.push(new Sent(file, path));
  if (!fresh.length && chosen.length) tell(words.nothing);
  next();
}

const plain = (chosen) => [...chosen].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
const ofFolder = (found) => found.filter(({ path }) => MEDIA.test(path));

async function walked(entry, path = entry.name) {
  if (entry.isFile) {
    const file = await new Promise((done, broke) => entry.file(done, broke));
    return [{ file, path }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, broke) => reader.readEntries(done, broke));
    if (!some.length) return ofFolder(found);
    for (const each of some) found.push(...(await walked(each, `${path}/${each.name}`)));
  }
}

async function dropped(data) {
  const entries = [...data.items].map((each) => each.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return add(plain(data.files));
  const found = [];
  for (const each of entries) found.push(...(await walked(each)));
  add(found);
}

async function stayAwake() {
  const isWished = current !== null && document.visibilityState === "visible";
  if (!isWished && current === null && wake) {
    wake.release();
    wake = null;
  }
  if (!isWished || wake || !navigator.wakeLock) return;
  try {
    wake = await navigator.wakeLock.request("screen");
    wake.addEventListener("release", () => (wake = null));
  } catch {
    // a battery that is low; uploads go on as long as the page does
  }
}

// A line that came back, a page that is looked at again: whatever waited for it goes on.
function comeBack() {
  for (const each of files) if (each.state === "line") each.state = "waiting";
  next();
}

function watch() {
  if (current?.state === "sending" && Date.now() - current.movedAt > STALLED_MS) {
    current.retries += 1;
    current.upload?.abort();
    current.start();
  }
  if (current === null && navigator.onLine) comeBack();
  drawSum();
}

function forget(key) {
  for (const name of Object.keys(localStorage)) if (name.startsWith(`tus::${key}::`)) localStorage.removeItem(name);
}

function forgetOld() {
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith("tus::akashi-")) continue;
    let begun = 0;
    try {
      begun = Date.parse(JSON.parse(localStorage.getItem(name)).creationTime);
    } catch {
      // not ours to read: it goes
    }
    if (!(begun > Date.now() - KEPT_MS)) localStorage.removeItem(name);
  }
}

async function showLeft() {
  const section = document.getElementById("station-left");
  const answer = await fetch("/upload", { headers, cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const told = await answer.json();
  for (const each of told.unfinished) {
    const row = document.createElement("li");
    const share = Math.floor((each.offset / each.length) * 100);
    row.append(`${each.name} ${share}% `);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = words.discard;
    button.setAttribute("aria-label", `${words.discard} ${each.name}`);
    button.addEventListener("click", async () => {
      const asked = { method: "DELETE", headers: { ...headers, "Tus-Resumable": "1.0.0" } };
      const answer = await fetch(`/upload/${each.id}`, asked);
      if (answer.status === 409) return row.replaceChildren(`${each.name} ${words.too_late}`);
      row.remove();
      section.hidden = !section.querySelector("li");
    });
    row.append(button);
    section.querySelector("ul").append(row);
  }
  section.hidden = !told.unfinished.length;
}

function begin() {
  forgetOld();
  showLeft();
  for (const each of document.querySelectorAll(".station-more")) each.hidden = false;
  for (const each of document.querySelectorAll(".station-plain")) each.hidden = true;
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      add(input.webkitdirectory ? ofFolder(plain(input.files)) : plain(input.files));
      input.value = "";
    });
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  pauseAll.addEventListener("click", () => {
    const without = current === null ? stopped() : [];
    if (!isHeld && without.length) {
      for (const each of without) each.isPassed = true;
      station = newSitting();
      return next();
    }
    isHeld = !isHeld;
    if (isHeld) for (const each of files) if (each.isMoving) each.stop();
    if (!isHeld) for (const each of files) if (each.state === "paused") each.become("waiting");
    next();
  });
  document.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) add(plain(event.clipboardData.files));
  });
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
      event.preventDefault();
      document.body.classList.add("dragging");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dragging");
  });
  document.addEventListener("drop", (event) => {
    document.body.classList.remove("dragging");
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    dropped(event.dataTransfer);
  });
  addEventListener("beforeunload", (event) => {
    if (files.some((each) => each.isMoving)) event.preventDefault();
  });
  addEventListener("online", comeBack);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") comeBack();
  });
  setInterval(watch, 2000);
  setInterval(() => current === null && comeBack(), AGAIN_MS);
}

begin();
