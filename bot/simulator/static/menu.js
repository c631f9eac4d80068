// The rich menu under the chat: its picture with the areas as buttons.

import { button, make } from "./dom.js";
import { menuPicture } from "./wire.js";

export class Menu {
  constructor(root, words, act) {
    this.root = root;
    this.words = words;
    this.act = act;
    this.bar = root.querySelector(".menu-bar");
    this.grid = root.querySelector(".menu-grid");
    this.bar.addEventListener("click", () => this.open(this.grid.hidden));
  }

  show(menu) {
    if (menu?.richMenuId === this.shown) return;
    this.shown = menu?.richMenuId;
    this.root.hidden = !menu;
    this.grid.replaceChildren();
    if (!menu) return;
    const { width, height } = menu.size;
    this.bar.textContent = menu.chatBarText || this.words.menu;
    this.grid.style.aspectRatio = `${width} / ${height}`;
    this.grid.append(make("img", { src: menuPicture(menu.richMenuId), alt: "" }));
    for (const { bounds, action } of menu.areas) {
      const area = button({ className: "menu-area", "aria-label": action.label ?? action.displayText ?? action.text ?? this.words.menu });
      area.style.left = `${(100 * bounds.x) / width}%`;
      area.style.top = `${(100 * bounds.y) / height}%`;
      area.style.width = `${(100 * bounds.width) / width}%`;
      area.style.height = `${(100 * bounds.height) / height}%`;
      area.addEventListener("click", () => this.act(action));
      this.grid.append(area);
    }
    // On a low screen an open menu would leave no room to read.
    this.open(menu.selected && window.innerHeight >= 780);
  }

  open(isOpen) {
    this.grid.hidden = !isOpen;
    this.bar.setAttribute("aria-expanded", String(isOpen));
  }
}
