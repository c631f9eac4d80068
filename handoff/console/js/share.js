// A share page: a picture that has more pixels than are shown opens closely where it stands, when
// somebody taps it. Only then is the viewer fetched; without it the link opens the picture as it is.
// A finding in the list leads to its place in it. A chapter of a film plays where the film stands. What the page opens is kept open (`renew`).
import { beginChapters } from "./film.js";
import { beginFindings } from "./findings.js";
import { keepFilm, keepFresh, keepPicture } from "./renew.js";

const own = document.currentScript;
let brought;

const bring = () => {
  brought ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = own.dataset.look;
    script.integrity = own.dataset.integrity;
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  });
  return brought;
};

const scale = () => {
  const bar = document.createElement("p");
  bar.className = "scale";
  bar.hidden = true;
  for (const name of ["scale-bar", "scale-told"]) {
    const part = document.createElement("span");
    part.className = name;
    bar.append(part, " ");
  }
  return bar;
};

const open = async (link) => {
  await bring();
  const viewer = document.createElement("div");
  viewer.className = "viewer";
  viewer.id = `viewer-${document.querySelectorAll(".viewer").length}`;
  viewer.dataset.picture = link.dataset.picture;
  viewer.dataset.name = link.dataset.name;
  viewer.append(scale());
  link.replaceWith(viewer);
  window.akashiLook.beginPictures();
  const told = viewer.nextElementSibling;
  viewer.viewer.addHandler("tile-load-failed", () => {
    told.textContent = link.dataset.over;
    told.hidden = false;
  });
  told.hidden = true;
  return new Promise((done) => {
    viewer.addEventListener("akashi:opened", () => done(viewer.viewer), { once: true });
  });
};

// The viewer of a figure, brought once.
const shown = (figure) => {
  const link = figure.querySelector("a[data-picture]");
  figure.opening ??= open(link);
  return figure.opening;
};

const play = (figure) => {
  const film = figure.querySelector("video");
  const over = figure.querySelector(".over");
  if (!film || !over) return;
  beginChapters(film, [...figure.querySelectorAll("a[data-seek]")]);
  const pins = figure.querySelector(".pins"); // they are on its first picture
  if (pins) {
    pins.removeAttribute("hidden");
    film.addEventListener("play", () => pins.setAttribute("hidden", ""));
  }
  keepFilm(film, over);
};

const begin = () => {
  for (const figure of document.querySelectorAll("figure")) play(figure);
  for (const picture of document.querySelectorAll("figure img")) keepPicture(picture);
  keepFresh();
  for (const link of document.querySelectorAll("a[data-picture]")) {
    const figure = link.parentElement;
    figure.querySelector(".closer").hidden = false;
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      shown(figure)
        .then((viewer) => viewer.canvas.focus())
        .catch(() => location.assign(link.href));
    });
    const found = figure.querySelector(".findings");
    if (found) beginFindings(found, () => shown(figure));
  }
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
