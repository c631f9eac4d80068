// Chapters: a button jumps there and plays; the one that is on is marked; the moment that is on goes
// into the form of a new one.
const clock = (seconds) =>
  `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;

export const beginChapters = (film, buttons) => {
  for (const each of buttons)
    each.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault(); // a link leads to the film alone, where there are no scripts
      film.currentTime = Number(each.dataset.seek) / 1000;
      film.play().catch(() => {}); // where playing by itself is not allowed, it stands there
    });
  film.addEventListener("timeupdate", () => {
    const past = buttons.filter((each) => Number(each.dataset.seek) / 1000 <= film.currentTime + 0.05);
    for (const each of buttons) {
      if (each === past.at(-1)) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
  });
};

export const beginFilm = () => {
  const film = document.getElementById("film");
  if (!film) return;
  beginChapters(film, [...document.querySelectorAll("[data-seek]")]);
  for (const each of document.querySelectorAll("[data-now]"))
    each.addEventListener("click", () => {
      document.getElementById(each.dataset.now).value = clock(film.currentTime);
    });
};
