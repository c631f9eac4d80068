// The addresses of a share page live for ten minutes (films and pictures at /s/…). When one of them
// fails, or the page is looked at again after a while, the page is fetched once more and every
// address is exchanged for the one that has the same thing behind it; a film goes on where it was.
// What the page no longer shows, or no longer opens, stays as it is, and its sentence says so.
const ADDRESS = /\/s\/([a-z])\/([\w-]+\.[\w-]+\.([\w-]+)\.\d+\.[0-9a-f]+)/g;
const HELD = ["src", "href", "poster", "data-picture"];
const AGE = 8 * 60 * 1000; // by then they are about to end
const AGAIN = 20 * 1000; // what fails once more right after is not to be helped
let renewed = Date.now();
let underway;

const read = async () => {
  const answer = await fetch(location.href, { cache: "no-store", credentials: "same-origin" });
  if (!answer.ok) return new Map();
  const found = (await answer.text()).matchAll(ADDRESS);
  return new Map([...found].map(([all, kind, , thing]) => [`${kind}/${thing}`, all]));
};

const exchange = (fresh) => {
  for (const each of document.querySelectorAll(HELD.map((name) => `[${name}]`).join())) {
    for (const name of HELD) {
      if (name === "src" && each instanceof HTMLVideoElement) continue; // it may be playing
      const told = each.getAttribute(name);
      if (!told) continue;
      const now = told.replace(ADDRESS, (all, kind, _, thing) => fresh.get(`${kind}/${thing}`) ?? all);
      if (now !== told) each.setAttribute(name, now);
    }
  }
};

const renew = () => {
  underway ??= read()
    .then((fresh) => {
      if (fresh.size) renewed = Date.now();
      exchange(fresh);
      return fresh;
    })
    .finally(() => {
      underway = undefined;
    });
  return underway;
};

const goOn = async (film) => {
  const [at, isPlaying] = [film.currentTime, !film.paused];
  const fresh = await renew();
  const [, kind, , thing] = new RegExp(ADDRESS.source).exec(film.getAttribute("src")) ?? [];
  const source = fresh.get(`${kind}/${thing}`);
  if (!source) return false;
  film.src = source;
  const ready = () => {
    if (at) film.currentTime = at;
    if (isPlaying) film.play().catch(() => {});
  };
  film.addEventListener("loadedmetadata", ready, { once: true });
  film.load();
  return true;
};

// `over` is shown when nothing helps.
export const keepFilm = (film, over) => {
  let tried = -Infinity;
  film.addEventListener("error", async () => {
    const isAgain = Date.now() - tried < AGAIN;
    tried = Date.now();
    const goesOn = !isAgain && (await goOn(film).catch(() => false));
    over.hidden = goesOn;
  });
};

export const keepPicture = (picture) => {
  picture.addEventListener("error", () => renew().catch(() => {}), { once: true });
};

export const keepFresh = () => {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - renewed < AGE) return;
    renew()
      .then((fresh) => {
        for (const film of document.querySelectorAll("video")) {
          if (fresh.size && film.paused && !film.currentTime) film.src = film.getAttribute("src").replace(
            ADDRESS, (all, kind, _, thing) => fresh.get(`${kind}/${thing}`) ?? all,
          );
        }
      })
      .catch(() => {}); // the line is away: whatever fails then asks again
  });
};
