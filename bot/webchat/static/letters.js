// One message of the shop as elements: text, card, cards, film, picture. Unknown ones are left out.

import { button, drawing, make } from "./dom.js";
import { link, reachable, words } from "./wire.js";

const URLS = /https?:\/\/[^\s<>"'「」（）、。]+/g;

/** `{ element, isBare, isWide }`, or null; bare ones have no bubble around them. */
export function draw(message, chat) {
  switch (message.type) {
    case "text":
    case "choices":
      return { element: text(message.text) };
    case "card":
      return { element: card(message, chat), isBare: true };
    case "cards":
      return { element: cards(message, chat), isBare: true, isWide: true };
    case "clip":
      return { element: clip(message, chat), isBare: true };
    case "picture":
      return { element: picture(reachable(message.preview), reachable(message.url), message.said, chat), isBare: true };
    default:
      return null;
  }
}

/** The answers offered under a message. */
export const offered = (messages) => messages.flatMap((message) => (message.type === "choices" ? message.options : []));

export function text(said) {
  const made = make("p", { className: "words" });
  let from = 0;
  for (const found of said.matchAll(URLS)) {
    made.append(said.slice(from, found.index));
    made.append(make("a", { href: link(found[0]) ?? "#", target: "_blank", rel: "noopener noreferrer", text: found[0] }));
    from = found.index + found[0].length;
  }
  made.append(said.slice(from));
  return made;
}

export function picture(small, large, said, chat) {
  const made = button({ className: "picture", "aria-label": said ? `${words.enlarge}: ${said}` : words.enlarge }, make("img", { src: small, alt: "" }));
  made.addEventListener("click", () => chat.enlarge(large, said || words.photo));
  return made;
}

function clip(message, chat) {
  const poster = reachable(message.poster);
  const made = button({ className: "film film-poster", "aria-label": message.said ? `${words.play}: ${message.said}` : words.play });
  made.append(make("img", { src: poster, alt: "" }), drawing("play", "play"));
  made.addEventListener("click", () => {
    const player = make("video", { className: "film", controls: true, playsinline: true, poster, "aria-label": message.said || words.film });
    player.src = reachable(message.url);
    player.addEventListener("ended", () => message.tracking && chat.watched(message.tracking), { once: true });
    made.replaceWith(player);
    player.focus();
    player.play().catch(() => {});
  });
  return made;
}

function cards(message, chat) {
  const row = make("div", { className: "cards", role: "list", tabindex: "0", "aria-label": message.said || words.cards });
  row.append(...message.cards.map((each) => make("div", { role: "listitem" }, card(each, chat))));
  return row;
}

function card(held, chat) {
  const made = make("article", { className: "card" });
  if (held.picture) made.append(make("img", { src: reachable(held.picture), alt: "", loading: "lazy" }));
  const body = make("div", { className: "card-body" }, make("h2", { text: held.heading }));
  if (held.lines.length) {
    const list = make("dl");
    for (const [label, value] of held.lines) list.append(make("dt", { text: label }), make("dd", { text: value }));
    body.append(list);
  }
  if (held.note) body.append(make("p", { className: "card-note", text: held.note }));
  made.append(body);
  if (held.buttons.length) made.append(make("div", { className: "card-buttons" }, ...held.buttons.map((each) => push(each, chat, `push ${each.tone}`))));
  return made;
}

/** A button of the shop: it says something for the visitor, or leads somewhere. */
export function push(held, chat, className) {
  if (held.url) return make("a", { className, href: link(held.url) ?? "#", target: "_blank", rel: "noopener", text: held.label });
  const made = button({ className, text: held.label });
  made.addEventListener("click", () => chat.tap(held.tap, held.said));
  return made;
}
