// Looking closely, on the pages that do: pictures in tiles (`picture`), chapters of a film (`film`),
// two pictures side by side (`compare`).
import { beginCompare } from "./compare.js";
import { beginFilm } from "./film.js";
import { beginFindings } from "./findings.js";
import { beginPictures, opened, point } from "./picture.js";

const begin = () => {
  document.documentElement.classList.add("looking");
  beginPictures();
  beginFilm();
  beginCompare();
  for (const list of document.querySelectorAll(".found[data-of]"))
    beginFindings(list, () => document.getElementById(list.dataset.of).viewer);
};
// What another page of ours lays over a picture, and what a page that opens one later calls.
window.akashiLook = { beginPictures, opened, point };
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
