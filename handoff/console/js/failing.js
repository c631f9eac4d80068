// What fails is told, and no part of the page gives way to what is no answer of ours: a proxy's own
// page, a server that broke. What a press asked for is told until another one succeeds.
const OURS = [409, 422]; // and whatever says where it is to be told

const notice = () => document.getElementById("notice");
const isByHand = (ctx) => ["click", "submit"].includes(ctx.sourceEvent?.type);
const isStream = (ctx) => ctx.sourceElement?.id === "stream"; // `live` tells how it stands

const tell = (ctx) => {
  const place = notice();
  if (!place?.dataset.lost || (place.textContent && !isByHand(ctx))) return;
  const told = document.createElement("p");
  told.textContent = place.dataset.lost;
  place.replaceChildren(told);
  place.dataset.by = isByHand(ctx) ? "hand" : "itself";
};

// `tryAgain`: what the page asks for by itself is asked for once more in a while.
export const beginFailing = (tryAgain) => {
  const lost = (ctx) => {
    tell(ctx);
    if (!isByHand(ctx)) tryAgain();
  };
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    const status = ctx?.response?.status ?? 200;
    if (status < 400 || ctx.hx?.retarget || OURS.includes(status)) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // nothing is drawn
    if (!isStream(ctx)) lost(ctx);
  }, true);
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
    if (ctx && !isStream(ctx)) lost(ctx);
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const place = notice();
    if (!place || !ctx || isStream(ctx)) return;
    if (ctx.response?.status >= 400) place.dataset.by = "hand"; // why not is told there
    else if (isByHand(ctx) || place.dataset.by === "itself") place.replaceChildren();
  });
};
