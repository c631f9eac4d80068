// What the open conversation tells the shop by itself: a form, without drawing anything.
import { isAttended, UNATTENDED } from "./signed.js";

// `isByHand`: somebody typed or pressed just now.
export const post = (path, fields, isByHand) =>
  fetch(`/console/talk/${path}`, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      "HX-Request": "true",
      "HX-Current-URL": location.href,
      ...(isByHand || isAttended() ? {} : { [UNATTENDED]: "yes" }),
    },
    body: new URLSearchParams({ csrf: document.body.dataset.csrf, ...fields }),
    keepalive: true,
  });
