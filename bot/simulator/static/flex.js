// LINE's Flex messages: the part of them a shop's cards use. Unknown components are left out.

import { button, drawing, make } from "./dom.js";
import { reachable } from "./wire.js";

const SPACES = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const TEXTS = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const WIDTHS = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386 };
const IMAGES = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const CORNERS = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const BORDERS = { none: 0, light: 0.5, normal: 1, "semi-bold": 2, medium: 3, bold: 4 };
const ALONG = { start: "flex-start", end: "flex-end" };
const COLOUR = /^#([0-9a-f]{6}|[0-9a-f]{8})$/i;
const LENGTH = /^\d+(\.\d+)?(px|%)$/;

const colour = (value) => (COLOUR.test(value ?? "") ? value : "");
const length = (value, names = SPACES) =>
  value in names ? `${names[value]}px` : LENGTH.test(value ?? "") ? value : "";

/** A bubble or carousel; `act(action)` is called when something in it is pressed. */
export function flex(contents, act) {
  if (contents?.type !== "carousel") return bubble(contents ?? {}, act);
  const row = make("div", { className: "flex-carousel", role: "list", tabindex: "0" });
  for (const each of contents.contents ?? []) {
    row.append(make("div", { role: "listitem" }, bubble(each, act)));
  }
  return row;
}

function bubble(held, act) {
  const made = make("div", { className: "flex-bubble", dir: held.direction === "rtl" ? "rtl" : undefined });
  made.style.width = `${WIDTHS[held.size] ?? WIDTHS.mega}px`;
  for (const part of ["header", "hero", "body", "footer"]) {
    if (!held[part]) continue;
    const block = make("div", { className: `flex-${part}` }, component(held[part], act, "vertical"));
    const style = held.styles?.[part];
    block.style.backgroundColor = colour(style?.backgroundColor);
    if (style?.separator) {
      block.classList.add("separated");
      block.style.borderTopColor = colour(style.separatorColor);
    }
    made.append(block);
  }
  return pressed(made, held.action, act);
}

function component(held, act, layout) {
  const draw = { box, text, button: pushButton, image, icon, video, separator, filler, spacer: filler }[held?.type];
  if (!draw) return null;
  const made = draw(held, act, layout);
  place(made, held, layout);
  return made;
}

function box(held, act) {
  const made = make("div", { className: `flex-box ${held.layout === "vertical" ? "vertical" : held.layout === "baseline" ? "baseline" : "horizontal"}` });
  made.style.gap = length(held.spacing);
  made.style.backgroundColor = colour(held.backgroundColor);
  made.style.borderRadius = length(held.cornerRadius, CORNERS);
  const border = held.borderWidth && length(held.borderWidth, BORDERS);
  if (border) made.style.border = `${border} solid ${colour(held.borderColor) || "#0000001a"}`;
  made.style.width = length(held.width, {});
  made.style.height = length(held.height, {});
  made.style.justifyContent = ALONG[held.justifyContent] ?? held.justifyContent ?? "";
  made.style.alignItems = ALONG[held.alignItems] ?? held.alignItems ?? "";
  for (const side of ["All", "Top", "Bottom", "Start", "End"]) {
    const value = length(held[`padding${side}`]);
    if (!value) continue;
    const name = { All: "padding", Top: "paddingTop", Bottom: "paddingBottom", Start: "paddingInlineStart", End: "paddingInlineEnd" }[side];
    made.style[name] = value;
  }
  for (const child of held.contents ?? []) {
    const drawn = component(child, act, held.layout);
    if (drawn) made.append(drawn);
  }
  return pressed(made, held.action, act);
}

function text(held, act) {
  const made = make("p", { className: `flex-text${held.wrap ? " wrap" : ""}` });
  if (held.contents?.length) {
    for (const span of held.contents) made.append(written(make("span", { text: span.text ?? "" }), span));
  } else {
    made.textContent = held.text ?? "";
  }
  written(made, held);
  made.style.textAlign = { start: "start", center: "center", end: "end" }[held.align] ?? "";
  if (held.gravity) made.style.alignSelf = { center: "center", bottom: "flex-end" }[held.gravity] ?? "";
  if (held.maxLines > 0 && held.wrap) {
    made.classList.add("cut");
    made.style.setProperty("-webkit-line-clamp", String(held.maxLines));
  }
  return pressed(made, held.action, act);
}

function written(made, held) {
  if (held.size) made.style.fontSize = length(held.size, TEXTS);
  if (held.weight === "bold") made.style.fontWeight = "700";
  if (held.style === "italic") made.style.fontStyle = "italic";
  if (held.decoration && held.decoration !== "none") made.style.textDecoration = held.decoration;
  made.style.color = colour(held.color);
  return made;
}

function pushButton(held, act) {
  const style = ["primary", "secondary"].includes(held.style) ? held.style : "link";
  const made = button({ className: `flex-button ${style}${held.height === "sm" ? " low" : ""}`, text: held.action?.label ?? "" });
  if (colour(held.color)) made.style[style === "link" ? "color" : "backgroundColor"] = held.color;
  made.addEventListener("click", () => act(held.action));
  return made;
}

function image(held, act) {
  const made = make("div", { className: "flex-image" });
  const picture = make("img", { src: reachable(held.url), alt: held.action?.label ?? "", loading: "lazy" });
  made.style.width = held.size === "full" ? "100%" : length(held.size ?? "md", IMAGES);
  made.style.aspectRatio = ratio(held.aspectRatio);
  made.style.backgroundColor = colour(held.backgroundColor);
  picture.style.objectFit = held.aspectMode === "cover" ? "cover" : "contain";
  made.append(picture);
  return pressed(made, held.action, act);
}

function icon(held) {
  const made = make("img", { className: "flex-icon", src: reachable(held.url), alt: "" });
  made.style.height = length(held.size ?? "md", TEXTS);
  return made;
}

function video(held, act) {
  const made = button({ className: "flex-image film-poster", "aria-label": held.action?.label ?? "▶" });
  made.style.aspectRatio = ratio(held.aspectRatio);
  made.append(make("img", { src: reachable(held.previewUrl), alt: "" }), drawing("play", { className: "play" }));
  made.addEventListener("click", () => {
    const film = make("video", { controls: true, autoplay: true, playsinline: true, src: reachable(held.url) });
    film.style.width = "100%";
    made.replaceWith(film);
  });
  return made;
}

function separator(held, act, layout) {
  const made = make("div", { className: `flex-separator ${layout === "horizontal" ? "upright" : ""}` });
  made.style.backgroundColor = colour(held.color);
  return made;
}

const filler = () => make("div", { className: "flex-filler" });

const ratio = (value) => (/^\d+(\.\d+)?:\d+(\.\d+)?$/.test(value ?? "") ? value.replace(":", " / ") : "1 / 1");

function place(made, held, layout) {
  const isRow = layout === "horizontal" || layout === "baseline";
  if (Number.isFinite(held.flex)) {
    made.style.flex = held.flex === 0 ? "0 0 auto" : `${held.flex} 1 0`;
  } else if (isRow && !["separator", "icon"].includes(held.type) && !held.width) {
    made.style.flex = "1 1 0";
  }
  if (held.margin) made.style[isRow ? "marginInlineStart" : "marginTop"] = length(held.margin);
  if (held.position === "absolute") {
    made.style.position = "absolute";
    for (const side of ["Top", "Bottom", "Start", "End"]) {
      const name = { Top: "top", Bottom: "bottom", Start: "insetInlineStart", End: "insetInlineEnd" }[side];
      made.style[name] = length(held[`offset${side}`]);
    }
  }
}

/** What can be pressed is reachable by keyboard too. */
function pressed(made, action, act) {
  if (!action) return made;
  made.classList.add("pressable");
  made.setAttribute("role", "button");
  made.tabIndex = 0;
  if (action.label) made.setAttribute("aria-label", action.label);
  const press = (event) => {
    event.stopPropagation();
    act(action);
  };
  made.addEventListener("click", press);
  made.addEventListener("keydown", (event) => {
    if (event.target === made && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      press(event);
    }
  });
  return made;
}
