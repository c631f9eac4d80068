// Single keys, only outside of fields and without modifiers; `?` shows them; they can be turned off.
import { choose } from "./drafts.js";

const OFF = "akashi.keys.off";
const GO = { i: "all", m: "mine", u: "waiting" };
let waitsForGo = false;

const links = () => [...document.querySelectorAll(".line:not([hidden]) > a")];

const step = (by) => {
  const all = links();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const open = all.findIndex((each) => each.parentElement.classList.contains("chosen"));
  const from = at >= 0 ? at : open;
  const next = all[Math.max(0, Math.min(all.length - 1, from + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
};

const isField = (element) =>
  element?.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element?.tagName);

const press = (key) => {
  const found = document.querySelector(`.talk [data-key="${key}"]`);
  if (!found) return false;
  if (found.tagName === "SUMMARY") {
    found.parentElement.open = true;
    found.parentElement.querySelector("button, input:not([type=hidden])")?.focus();
  } else found.click();
  return true;
};

export const beginKeys = () => {
  const keys = document.getElementById("keys");
  const off = document.getElementById("keys-off");
  if (!keys) return;
  off.checked = localStorage.getItem(OFF) === "yes";
  off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "yes" : ""));
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return; // an input method's own, Escape too
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll(".menu[open]")) menu.open = false;
      if (isField(event.target)) event.target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isField(event.target) || keys.open) return;
    if (event.key === "?") {
      keys.showModal();
      event.preventDefault();
      return;
    }
    if (off.checked) return;
    if (waitsForGo) {
      waitsForGo = false;
      const list = GO[event.key];
      if (list) location.assign(`/console/inbox?list=${list}`);
      return;
    }
    switch (event.key) {
      case "j": step(1); break;
      case "k": step(-1); break;
      case "g": waitsForGo = true; setTimeout(() => { waitsForGo = false; }, 1500); break;
      case "r": choose("reply"); break;
      case "n": choose("note"); break;
      case "c": case "s": case "a": case "m": case "e": case "u": press(event.key); break;
      case "/": document.querySelector(".bar .search input")?.focus(); break;
      default: return;
    }
    event.preventDefault();
  });
};
