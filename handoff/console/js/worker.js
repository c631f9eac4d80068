// Runs in the browser beside the console's pages: shows what the shop tells, opens what it is about.
const HOME = "/console";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The same telling twice is shown once and makes one sound; a new one about the same takes its place.
const show = async ({ title, body, tag, lang, path, key }) => {
  const before = await self.registration.getNotifications({ tag });
  await self.registration.showNotification(title, {
    body,
    tag,
    lang,
    renotify: !before.some((each) => each.data?.key === key),
    icon: `${HOME}/static/icon-192.png`,
    data: { path, key },
  });
};

self.addEventListener("push", (event) => event.waitUntil(show(event.data.json())));

const open = async (path) => {
  const url = new URL(path ?? HOME, self.location.origin);
  if (url.origin !== self.location.origin || !url.pathname.startsWith(HOME)) return;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((each) => each.url === url.href);
  if (there) {
    await there.focus();
    return;
  }
  const other = windows.find((each) => new URL(each.url).pathname.startsWith(HOME));
  const moved = other && (await other.focus().then((each) => each.navigate(url.href)).catch(() => null));
  if (!moved) await self.clients.openWindow(url.href);
};

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.path));
});
