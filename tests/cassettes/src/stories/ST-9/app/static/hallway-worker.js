// Answers from the network, and from the last copy when there is none. Only the hallway list and its files are kept.
const COPY = "hallway-1";
const KEPT = ["/hallway", "/static/style.css", "/static/hallway.js"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(COPY).then((copy) => copy.addAll(KEPT)));
});

self.addEventListener("activate", (event) => {
  const others = (names) => Promise.all(names.filter((name) => name !== COPY).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(others));
});

self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.method !== "GET" || !KEPT.includes(path)) {
    return;
  }
  const keep = async () => {
    const copy = await caches.open(COPY);
    try {
      const answer = await fetch(event.request);
      if (answer.ok) {
        await copy.put(path, answer.clone());
      }
      return answer;
    } catch (error) {
      const kept = await copy.match(path);
      if (kept) {
        return kept;
      }
      throw error;
    }
  };
  event.respondWith(keep());
});
