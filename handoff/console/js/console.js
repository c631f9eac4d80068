// What the console does in a browser besides what htmx does: see `live`, `keys`, `drafts`,
// `lines`, `seen`, `failing`, `passkeys`, `signed`.
import "htmx.org/dist/htmx.esm.min.js";
import "htmx.org/dist/ext/hx-sse.min.js";
import { beginDrafts } from "./drafts.js";
import { beginFailing } from "./failing.js";
import { beginKeys } from "./keys.js";
import { beginLines } from "./lines.js";
import { beginLive, lookAgain } from "./live.js";
import { beginNotices } from "./notices.js";
import { beginPasskeys } from "./passkeys.js";
import { beginPins } from "./pins.js";
import { beginSeen } from "./seen.js";

document.documentElement.classList.add("scripted");
const begin = () => {
  beginFailing(lookAgain);
  beginLive();
  beginLines();
  beginSeen();
  beginDrafts();
  beginKeys();
  beginPasskeys();
  beginPins();
  beginNotices();
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
