// Stands where the worker stood (`sw.js`) once a site is kept on devices no more: takes away what that one kept, then
// itself. Reloads nobody's page: a letter may be half filled in.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) =>
  event.waitUntil(
    (async () => {
      const mine = `pandu ${new URL(registration.scope).pathname} `;
      const names = (await caches.keys()).filter((name) => name.startsWith(mine));
      await Promise.all(names.map((name) => caches.delete(name)));
      await registration.unregister();
    })(),
  ),
);
