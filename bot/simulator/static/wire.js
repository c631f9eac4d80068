// Requests of the page, and addresses as this page can reach them.

const { base, publicUrl } = document.body.dataset;
const publicOrigin = publicUrl.replace(/\/$/, "");

export const asset = (name) => `${base}/static/${name}`;
export const sentFile = (id) => `${base}/sent/${encodeURIComponent(id)}`;
export const menuPicture = (id) => `${base}/menu/${encodeURIComponent(id)}`;
export const stream = () => new EventSource(`${base}/stream`);

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

async function answered(request) {
  const answer = await request;
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  return answer.json();
}

export const post = (path, body = {}) =>
  answered(
    fetch(`${base}/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  );

export const upload = (path, file, about) =>
  answered(
    fetch(`${base}/${path}?${new URLSearchParams(about)}`, {
      method: "POST",
      headers: { "Content-Type": file.type || "application/octet-stream" },
      body: file,
    }),
  );
