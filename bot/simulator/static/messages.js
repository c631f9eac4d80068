// One message as the inside of a bubble: text, picture, film, sticker, place, file, template, Flex.

import { button, drawing, make } from "./dom.js";
import { flex } from "./flex.js";
import { link, reachable, sentFile } from "./wire.js";

const URLS = /https?:\/\/[^\s<>"'「」（）、。]+/g;

/** `{ element, isBare }`: bare messages have no bubble around them. */
export function draw(row, phone) {
  const { message } = row;
  switch (message.type) {
    case "text":
    case "textV2":
      return { element: words(message.text), isBare: false };
    case "image":
      return { element: picture(row, phone), isBare: true };
    case "video":
      return { element: film(row, phone), isBare: true };
    case "audio":
      return { element: sound(row), isBare: true };
    case "sticker":
      return { element: sticker(message, phone), isBare: true };
    case "location":
      return { element: place(message), isBare: true };
    case "file":
      return { element: file(row), isBare: true };
    case "flex":
      return { element: flex(message.contents, (action) => phone.act(action)), isBare: true };
    case "template":
      return { element: template(message.template ?? {}, phone), isBare: true };
    default:
      return { element: words(message.altText ?? `[${message.type}]`), isBare: false };
  }
}

function words(text) {
  const made = make("div", { className: "words" });
  let from = 0;
  for (const found of String(text).matchAll(URLS)) {
    made.append(text.slice(from, found.index));
    made.append(make("a", { href: link(found[0]) ?? "#", target: "_blank", rel: "noopener noreferrer", text: found[0] }));
    from = found.index + found[0].length;
  }
  made.append(text.slice(from));
  return made;
}

function picture({ id, message }, phone) {
  const isOwn = !message.originalContentUrl;
  const small = isOwn ? sentFile(id) : reachable(message.previewImageUrl);
  const large = isOwn ? small : reachable(message.originalContentUrl);
  const made = button({ className: "picture", "aria-label": phone.words.enlarge }, make("img", { src: small, alt: "" }));
  made.addEventListener("click", () => phone.enlarge(large));
  return made;
}

function film({ id, message }, phone) {
  const isOwn = !message.originalContentUrl;
  if (isOwn) {
    return make("video", { className: "film", controls: true, playsinline: true, preload: "metadata", src: sentFile(id) });
  }
  const poster = reachable(message.previewImageUrl);
  const made = button({ className: "film film-poster", "aria-label": phone.words.play });
  made.append(make("img", { src: poster, alt: "" }), drawing("play", { className: "play" }));
  made.addEventListener("click", () => {
    const player = make("video", { className: "film", controls: true, playsinline: true, poster });
    player.src = reachable(message.originalContentUrl);
    player.addEventListener("ended", () => message.trackingId && phone.watched(id), { once: true });
    made.replaceWith(player);
    player.focus();
    player.play().catch(() => {});
  });
  return made;
}

function sound({ id, message }) {
  const src = message.originalContentUrl ? reachable(message.originalContentUrl) : sentFile(id);
  return make("audio", { controls: true, preload: "metadata", src });
}

export const STICKERS = [
  { id: "ok", keywords: ["ok", "agree", "good"] },
  { id: "thanks", keywords: ["thank you", "thanks", "happy"] },
  { id: "please", keywords: ["please", "request"] },
  { id: "question", keywords: ["question", "wondering"] },
];

function sticker(message, phone) {
  const known = STICKERS.find((each) => each.id === message.stickerId);
  const label = `${phone.words.sticker}: ${message.keywords?.[0] ?? message.stickerId}`;
  return known
    ? drawing(known.id, { sprite: "stickers.svg", className: "sticker", label })
    : make("div", { className: "words", text: `[${label}]` });
}

function place(message) {
  const at = `${message.latitude},${message.longitude}`;
  const made = make("div", { className: "place-card" });
  made.append(make("div", { className: "place-map" }, drawing("place", { className: "pin" })));
  made.append(make("p", { className: "place-title", text: message.title ?? at }));
  if (message.address) made.append(make("p", { className: "place-address", text: message.address }));
  return made;
}

function file({ id, message }) {
  const kilobytes = Math.max(1, Math.round((message.fileSize ?? 0) / 1024));
  return make(
    "a",
    { className: "file-card", href: sentFile(id), download: message.fileName },
    drawing("file"),
    make("span", { className: "file-name", text: message.fileName }),
    make("small", { text: `${kilobytes} KB` }),
  );
}

function template(held, phone) {
  if (held.type === "carousel") {
    const row = make("div", { className: "flex-carousel", role: "list", tabindex: "0" });
    row.append(...(held.columns ?? []).map((column) => make("div", { role: "listitem" }, templateCard(column, phone))));
    return row;
  }
  return templateCard(held, phone);
}

function templateCard(held, phone) {
  const made = make("div", { className: "template-card" });
  if (held.thumbnailImageUrl) made.append(make("img", { src: reachable(held.thumbnailImageUrl), alt: "" }));
  if (held.title) made.append(make("p", { className: "template-title", text: held.title }));
  made.append(make("p", { className: "template-text", text: held.text ?? "" }));
  for (const action of held.actions ?? []) {
    const press = button({ className: "flex-button link", text: action.label ?? "" });
    press.addEventListener("click", () => phone.act(action));
    made.append(press);
  }
  return made;
}
