// Two pictures that show the same place. The one last entered, pressed, scrolled or keyed leads; only
// on its `viewport-change` does the other follow at once: anything more symmetric drifts or stops
// half-way. Over each other they can be wiped or blinked. All of it by keyboard too.
import OpenSeadragon from "openseadragon";

const RAD = Math.PI / 180;
const TOO_SMALL = 1e-9;

// From the earlier picture to the later, both one wide, and back.
const led = ({ scale, degrees, x, y }, point) => {
  const [cos, sin] = [Math.cos(degrees * RAD) * scale, Math.sin(degrees * RAD) * scale];
  return new OpenSeadragon.Point(point.x * cos - point.y * sin + x, point.x * sin + point.y * cos + y);
};
const back = ({ scale, degrees, x, y }) => {
  const turned = { scale: 1 / scale, degrees: -degrees, x: 0, y: 0 };
  const moved = led(turned, new OpenSeadragon.Point(x, y));
  return { ...turned, x: -moved.x, y: -moved.y };
};
const isAlike = ({ scale, degrees, x, y }) =>
  Math.abs(scale - 1) + Math.abs(degrees) + Math.abs(x) + Math.abs(y) < TOO_SMALL;

const follow = (leader, other, laying) => {
  if (!leader.viewport || !other.viewport) return;
  const turn = leader.viewport.getRotation(true) - laying.degrees;
  if (Math.abs(other.viewport.getRotation(true) - turn) > TOO_SMALL)
    other.viewport.setRotation(turn, true);
  if (isAlike(laying)) {
    other.viewport.fitBounds(leader.viewport.getBoundsNoRotate(true), true);
    return;
  }
  // A length in the leader is `scale` times as long in the other; the same screen shows it.
  other.viewport.zoomTo(leader.viewport.getZoom(true) / laying.scale, null, true);
  other.viewport.panTo(led(laying, leader.viewport.getCenter(true)), true);
};

const lock = (root, sides, laying) => {
  const ways = { earlier: laying, later: back(laying) };
  let leader = "earlier";
  let isLocked = true;
  const other = () => (leader === "earlier" ? "later" : "earlier");
  const move = () => isLocked && follow(sides[leader].viewer, sides[other()].viewer, ways[leader]);
  for (const [name, side] of Object.entries(sides)) {
    const lead = () => { leader = name; };
    for (const each of ["pointerenter", "pointerdown", "wheel", "keydown", "focusin"])
      side.addEventListener(each, lead, { capture: true, passive: true });
    side.viewer.addHandler("viewport-change", () => leader === name && move());
    side.viewer.addHandler("rotate", () => leader === name && move());
  }
  root.leader = () => sides[leader].viewer;
  addEventListener("resize", () => requestAnimationFrame(move));
  move();
  return {
    move,
    get isLocked() { return isLocked; },
    set isLocked(wished) { isLocked = wished; move(); },
  };
};

const drawBoxes = (viewer, boxes) => {
  for (const [n, { x, y, width, height }] of boxes.entries()) {
    const box = document.createElement("div");
    box.className = "candidate";
    box.dataset.n = n + 1;
    const location = new OpenSeadragon.Rect(x, y, width, height);
    viewer.addOverlay({ element: box, location });
  }
};

const beginModes = (root, sides, locked) => {
  const later = sides.later.closest(".taken");
  const range = document.getElementById("wipe");
  const which = root.querySelector(".which");
  let isLater = true;
  const draw = () => {
    const { mode } = root.dataset;
    later.style.clipPath = mode === "wipe" ? `inset(0 0 0 ${range.value}%)` : "";
    later.classList.toggle("under", mode === "blink" && !isLater);
    which.textContent = mode === "blink" ? which.dataset[isLater ? "later" : "earlier"] : "";
  };
  const choose = (mode) => {
    const isOnWhatGoes = document.activeElement.closest(".wipe-only, .blink-only");
    root.dataset.mode = mode;
    if (isOnWhatGoes) root.querySelector(`button[data-mode="${mode}"]`).focus();
    isLater = true;
    for (const each of root.querySelectorAll("button[data-mode]"))
      each.setAttribute("aria-pressed", String(each.dataset.mode === mode));
    draw();
    requestAnimationFrame(() => requestAnimationFrame(locked.move));
  };
  range.addEventListener("input", draw);
  for (const each of root.querySelectorAll("button[data-mode]"))
    each.addEventListener("click", () => choose(each.dataset.mode));
  return { choose, blink: () => { isLater = !isLater; draw(); } };
};

const beginLock = (root, locked) => {
  const button = root.querySelector("[data-do='lock']");
  return () => {
    locked.isLocked = !locked.isLocked;
    button.setAttribute("aria-pressed", String(locked.isLocked));
  };
};

// Two points of each: the middle of a picture, marked by a cross while they are put.
const beginPoints = (root, sides, locked) => {
  const form = document.querySelector("form.laying");
  if (!form) return;
  const held = { earlier: [], later: [] };
  const save = form.querySelector("[data-save]");
  const told = form.querySelector(".points");
  const start = form.querySelector("[data-do='points']");
  const draw = () => {
    const counts = { "#a": held.earlier.length, "#b": held.later.length };
    told.textContent = told.dataset.words.replace(/#[ab]/g, (each) => counts[each]);
    const isWhole = held.earlier.length === 2 && held.later.length === 2;
    save.disabled = !isWhole;
    form.elements.points.value = isWhole ? JSON.stringify([...held.earlier, ...held.later]) : "";
    for (const each of form.querySelectorAll("[data-point]"))
      each.disabled = held[each.dataset.point].length === 2;
  };
  start.addEventListener("click", () => {
    const isOn = root.classList.toggle("pointing");
    start.setAttribute("aria-pressed", String(isOn));
    if (isOn === locked.isLocked) root.querySelector("[data-do='lock']").click();
    for (const name of Object.keys(held)) {
      held[name] = [];
      for (const each of sides[name].querySelectorAll(".mark")) sides[name].viewer.removeOverlay(each);
    }
    draw();
    if (!isOn) for (const each of form.querySelectorAll("[data-point]")) each.disabled = true;
  });
  for (const each of form.querySelectorAll("[data-point]"))
    each.addEventListener("click", () => {
      const name = each.dataset.point;
      const { viewer } = sides[name];
      const centre = viewer.viewport.getCenter(true);
      held[name].push([centre.x, centre.y].map((part) => Number(part.toFixed(6))));
      const mark = document.createElement("span");
      mark.className = "mark";
      mark.textContent = held[name].length;
      viewer.addOverlay({ element: mark, location: centre, placement: "CENTER" });
      draw();
    });
};

const isTyping = (target) => target.closest("input:not([type='range']), textarea, select");

const start = (root, sides) => {
  root.querySelector(".compare-tools").hidden = false;
  const locked = lock(root, sides, JSON.parse(root.dataset.laying));
  const modes = beginModes(root, sides, locked);
  const unlock = beginLock(root, locked);
  const boxes = JSON.parse(root.dataset.boxes);
  drawBoxes(sides.earlier.viewer, boxes);
  const toggle = root.querySelector("[data-do='boxes']");
  const showBoxes = () => {
    const isOn = !root.classList.toggle("without-boxes");
    toggle.setAttribute("aria-pressed", String(isOn));
  };
  const keys = {
    1: () => modes.choose("beside"),
    2: () => modes.choose("wipe"),
    3: () => modes.choose("blink"),
    b: () => (root.dataset.mode === "blink" ? modes.blink() : modes.choose("blink")),
    l: unlock,
    c: () => toggle && showBoxes(),
  };
  root.querySelector("[data-do='blink']").addEventListener("click", modes.blink);
  root.querySelector("[data-do='lock']").addEventListener("click", unlock);
  toggle?.addEventListener("click", showBoxes);
  root.addEventListener("keydown", (event) => {
    const { altKey, ctrlKey, metaKey, isComposing, target } = event;
    if (altKey || ctrlKey || metaKey || isComposing || isTyping(target)) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  beginPoints(root, sides, locked);
  root.dataset.ready = "";
};

export const beginCompare = () => {
  const root = document.getElementById("compare");
  if (!root) return;
  const sides = { earlier: document.getElementById("earlier"), later: document.getElementById("later") };
  if (!sides.earlier || !sides.later) return;
  const begin = () =>
    Object.values(sides).every((each) => "opened" in each.dataset) && !("ready" in root.dataset)
      ? start(root, sides)
      : undefined;
  root.addEventListener("akashi:opened", begin);
  begin();
};
