// Keeps the page of a round, so that it opens without signal. Only the page, its sheets and scripts:
// nothing about anybody, and nothing that is sent, ever passes into this cache.
const PAGE = "/round/";
const NAME = `round ${VERSION}`;

async function fetched(address) {
  const answer = await fetch(address, { cache: "no-cache", credentials: "omit", redirect: "error" });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return [address, answer];
}

// All of it or nothing: a version that came half is never used.
self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const answers = await Promise.all([PAGE, "/round/round.webmanifest", ...FILES].map(fetched));
      const cache = await caches.open(NAME);
      await Promise.all(answers.map(([address, answer]) => cache.put(address, answer)));
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith("round ") && name !== NAME);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

// The page says when: nothing waits to be sent and no visit is open.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (pathname !== PAGE && !pathname.startsWith("/static/") && pathname !== "/round/round.webmanifest") return;
  event.respondWith(
    caches.open(NAME).then(async (cache) => (await cache.match(pathname)) ?? fetch(event.request)),
  );
});
