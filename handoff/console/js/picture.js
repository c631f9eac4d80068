// One picture with every pixel there is: OpenSeadragon over its tiles, or over the one rendition that
// has them all. The element tells all of it (`data-picture`); what stands in it until then is a plain
// picture, which stays where there are no scripts.
import OpenSeadragon from "openseadragon";

const STEPS = [1, 2, 5];
const WIDEST_BAR = 160; // pixels
const UNITS = [[1e4, "cm"], [1e3, "mm"], [1, "µm"], [1e-3, "nm"]];
const STEP = 1.4;
const PAN = 0.15; // of what is seen
const viewers = new Map();

// The viewer of an element by its id, once it is there.
export const opened = (id) => viewers.get(id);

const source = (told) =>
  told.tiles
    ? {
        width: told.width,
        height: told.height,
        tileSize: told.tileSize,
        tileOverlap: told.overlap,
        minLevel: 0,
        maxLevel: told.maxLevel,
        getTileUrl: (level, x, y) => `${told.tiles}${level}/${x}_${y}.jpg${told.sign ?? ""}`,
      }
    : { type: "image", url: told.image };

const rounded = (um) => {
  const ten = 10 ** Math.floor(Math.log10(um));
  return Math.max(...STEPS.map((each) => each * ten).filter((each) => each <= um * 1.0001));
};

// A bar as long as a round number of micrometres, whatever the zoom.
const drawScale = (viewer, bar, umPerPx) => {
  const zoom = viewer.world.getItemAt(0)?.viewportToImageZoom(viewer.viewport.getZoom(true));
  if (!zoom) return;
  const um = rounded((WIDEST_BAR / zoom) * umPerPx);
  const [each, unit] = UNITS.find(([size]) => um >= size) ?? UNITS.at(-1);
  bar.querySelector(".scale-bar").style.width = `${(um / umPerPx) * zoom}px`;
  bar.querySelector(".scale-told").textContent = `${Number((um / each).toPrecision(3))} ${unit}`;
  bar.hidden = false;
};

const MARGIN = 24; // pixels a pin keeps from the edge
const CLOSE = 3; // times the whole picture

const isSeen = ({ viewport }, place) => {
  const { x, y } = viewport.pixelFromPoint(place, true);
  const { x: width, y: height } = viewport.getContainerSize();
  return x > MARGIN && y > MARGIN && x < width - MARGIN && y < height - MARGIN;
};

// Pins by parts of the picture's sides: a number in a ring, its name for who cannot see it. Whichever
// has the focus is in what is seen.
const drawPins = (viewer, pins, ratio) => {
  for (const { x, y, n, label } of pins) {
    const pin = document.createElement("button");
    pin.type = "button";
    pin.className = "pin";
    pin.dataset.pin = n;
    pin.textContent = n;
    const told = label ?? document.querySelector(`#finding-${n} [data-pin]`)?.textContent ?? "";
    pin.setAttribute("aria-label", `${n} ${told}`.trim());
    pin.place = new OpenSeadragon.Point(x, y * ratio);
    viewer.addOverlay({
      element: pin, location: pin.place, placement: "CENTER", checkResize: false,
      rotationMode: OpenSeadragon.OverlayRotationMode.NO_ROTATION,
    });
    const tell = () => pin.dispatchEvent(new CustomEvent("akashi:pin", { bubbles: true, detail: n }));
    new OpenSeadragon.MouseTracker({ element: pin, clickHandler: tell });
    pin.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      tell();
    });
    pin.addEventListener("focus", () => {
      if (!isSeen(viewer, pin.place)) viewer.viewport.panTo(pin.place, true);
    });
  }
};

// Look closely at one pin and give it the focus.
export const point = (viewer, n) => {
  const pin = viewer.element.querySelector(`.pin[data-pin="${n}"]`);
  if (!pin) return;
  const { viewport } = viewer;
  viewport.zoomTo(Math.max(viewport.getZoom(true), viewport.getHomeZoom() * CLOSE), null, true);
  viewport.panTo(pin.place, true);
  viewer.element.scrollIntoView({ block: "nearest" });
  pin.focus({ preventScroll: true });
};

// What a button or a key does to a viewer.
export const moves = {
  in: (viewer) => viewer.viewport.zoomBy(STEP),
  out: (viewer) => viewer.viewport.zoomBy(1 / STEP),
  home: (viewer) => viewer.viewport.goHome(),
  turn: (viewer) => viewer.viewport.setRotation(viewer.viewport.getRotation() + 90),
};

const pan = (x, y) => (viewer) => {
  const { x: width, y: height } = viewer.viewport.getContainerSize();
  const by = new OpenSeadragon.Point(x * width * PAN, y * height * PAN);
  viewer.viewport.panBy(viewer.viewport.deltaPointsFromPixels(by));
};
const KEYS = {
  ArrowLeft: pan(-1, 0), ArrowRight: pan(1, 0), ArrowUp: pan(0, -1), ArrowDown: pan(0, 1),
  "+": moves.in, "=": moves.in, ";": moves.in, "-": moves.out, _: moves.out, 0: moves.home,
};

// The library would put a style into the page, which the page's policy forbids; where one of its
// name is, it does not. (What it says of focus on a phone stands in our stylesheet.)
const withoutStyle = () => {
  if (document.querySelector("style[data-openseadragon-mobile-css]")) return;
  const none = document.createElementNS("urn:akashi", "style");
  none.setAttribute("data-openseadragon-mobile-css", "");
  document.head.append(none);
};

export const look = (element) => {
  withoutStyle();
  const told = JSON.parse(element.dataset.picture);
  const scale = element.querySelector(".scale");
  element.querySelector("img")?.remove();
  const viewer = OpenSeadragon({
    element,
    tileSources: source(told),
    drawer: "canvas",
    showNavigationControl: false,
    showNavigator: false,
    immediateRender: true,
    animationTime: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 0.5,
    visibilityRatio: 0.5,
    maxZoomPixelRatio: 8,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
  });
  // What gets the focus out of sight would move the picture under its pins, were this to scroll.
  for (const each of [viewer.container, viewer.canvas]) each.style.overflow = "clip";
  viewer.canvas.setAttribute("role", "application");
  viewer.canvas.setAttribute("aria-label", element.dataset.name);
  viewer.addHandler("canvas-key", (event) => {
    const { key, altKey, ctrlKey, metaKey } = event.originalEvent;
    event.preventDefaultAction = true; // its own letters turn and mirror; they are the page's here
    if (altKey || ctrlKey || metaKey || !(key in KEYS)) return;
    event.originalEvent.preventDefault();
    KEYS[key](viewer);
    viewer.viewport.applyConstraints();
  });
  viewer.addHandler("open", () => {
    drawPins(viewer, told.pins ?? [], told.height / told.width);
    element.dataset.opened = "";
    viewers.set(element.id, viewer);
    element.dispatchEvent(new CustomEvent("akashi:opened", { bubbles: true }));
  });
  if (told.um_per_px && scale) {
    element.append(scale);
    for (const each of ["open", "update-viewport", "resize"])
      viewer.addHandler(each, () => drawScale(viewer, scale, told.um_per_px));
  }
  element.viewer = viewer;
  return viewer;
};

const beginTools = (tools) => {
  if ("begun" in tools.dataset) return;
  tools.dataset.begun = "";
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const move = moves[event.target.closest("button")?.dataset.do];
    if (!move) return;
    const [first] = tools.dataset.tools.split(" ").map((id) => document.getElementById(id)?.viewer);
    const chosen = document.getElementById("compare")?.leader?.() ?? first;
    if (chosen) move(chosen);
  });
};

export const beginPictures = () => {
  for (const each of document.querySelectorAll(".viewer[data-picture]:not([data-begun])")) {
    each.dataset.begun = "";
    look(each);
  }
  for (const each of document.querySelectorAll("[data-tools]")) beginTools(each);
};
