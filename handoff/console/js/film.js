// Chapters: a button jumps there and plays; the one that is on is marked; the moment that is on goes
// into the form of a new one.
const clock = (seconds) =>
  `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;

export const beginFilm = () => {
  const film = document.getElementById("film");
  if (!film) return;
  const buttons = [...document.querySelectorAll("[data-seek]")];
  for (const each of buttons)
    each.addEventListener("click", () => {
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
  document.querySelector("[data-now]")?.addEventListener("click", (event) => {
    document.getElementById(event.currentTarget.dataset.now).value = clock(film.currentTime);
  });
};
