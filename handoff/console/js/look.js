// Looking closely, on the pages that do: pictures in tiles (`picture`), chapters of a film (`film`),
// two pictures side by side (`compare`).
import { beginCompare } from "./compare.js";
import { beginFilm } from "./film.js";
import { beginPictures, opened } from "./picture.js";

const begin = () => {
  document.documentElement.classList.add("looking");
  beginPictures();
  beginFilm();
  beginCompare();
};
// What another page of ours lays over a picture, and what a page that opens one later calls.
window.akashiLook = { beginPictures, opened };
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
