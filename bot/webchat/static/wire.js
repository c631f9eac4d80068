// What goes to the shop and comes from it, and addresses as this page can reach them.

const { lang, publicUrl, words: told } = document.body.dataset;
const publicOrigin = publicUrl.replace(/\/$/, "");

export const words = JSON.parse(told);
export const mostBytes = Number(document.body.dataset.mostBytes);
export const sentFile = (own) => `/chat/files/${encodeURIComponent(own)}`;

/** The shop's public address is this server: show its media and links from here. */
export function reachable(url) {
  const text = String(url ?? "");
  const isOurs = text === publicOrigin || text.startsWith(`${publicOrigin}/`);
  return isOurs ? location.origin + text.slice(publicOrigin.length) : text;
}

/** An address safe to open or null: nothing but web, mail and telephone. */
export function link(url) {
  try {
    const found = new URL(reachable(url));
    return ["https:", "http:", "tel:", "mailto:"].includes(found.protocol) ? found.href : null;
  } catch {
    return null;
  }
}

/** An id nobody else gives. (`randomUUID` is missing where the page is not under https.) */
export const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The shop said no: `status`, and after how many seconds to ask again. */
export class Refused extends Error {
  constructor(answer) {
    super(`answered ${answer.status}`);
    this.status = answer.status;
    this.wait = Number(answer.headers.get("Retry-After")) || 0;
  }
}

async function answered(request) {
  const answer = await request;
  if (!answer.ok) throw new Refused(answer);
  return answer.json();
}

const send = (path, about, body, type) =>
  answered(fetch(`/chat/${path}?${new URLSearchParams({ ...about, lang })}`, { method: "POST", headers: { "Content-Type": type }, body }));

export const post = (message) => send("messages", {}, JSON.stringify(message), "application/json");
export const upload = (file, about) => send("files", about, file, "application/octet-stream");
export const leave = () => send("leave", {}, "{}", "application/json");
export const history = (before) => answered(fetch(`/chat/history${before ? `?before=${before}` : ""}`));
export const stream = (after) => new EventSource(`/chat/stream?after=${after}`);
