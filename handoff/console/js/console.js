// What the console does in a browser besides what htmx does: see `live`, `keys`, `drafts`,
// `lines`, `passkeys`, `signed`.
import "htmx.org/dist/htmx.esm.min.js";
import "htmx.org/dist/ext/hx-sse.min.js";
import { beginDrafts } from "./drafts.js";
import { beginKeys } from "./keys.js";
import { beginLines } from "./lines.js";
import { beginLive } from "./live.js";
import { beginNotices } from "./notices.js";
import { beginPasskeys } from "./passkeys.js";
import { beginPins } from "./pins.js";

document.documentElement.classList.add("scripted");
const begin = () => {
  beginLive();
  beginLines();
  beginDrafts();
  beginKeys();
  beginPasskeys();
  beginPins();
  beginNotices();
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
