// Building elements without markup in strings.

const SVG = "http://www.w3.org/2000/svg";

/** An element with class, text and attributes; `undefined` and `null` children are left out. */
export function make(tag, { className, text, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

/** A drawing of the page's sprite; it says nothing to a screen reader. */
export function drawing(name, className = "icon") {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("class", className);
  made.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/chat/static/icons.svg#${name}`);
  made.append(use);
  return made;
}

export const button = (options, ...children) => make("button", { type: "button", ...options }, ...children);
