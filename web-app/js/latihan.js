// Starts Cek Email and Cek TTE for practice. Appended to the plain script that wasm-bindgen writes; the program itself
// stands before it (`panduCek`), since nothing is fetched here: the page may ask nobody, and a file could not.
//
// The program asks as it does everywhere. What it asks for has an address that is none (`latihan:`), and the table in
// the page answers, made by the build with the look-up's own types. What is asked is kept nowhere but for the wait
// after too many questions, and that is forgotten with the page.
(() => {
  "use strict";
  const ADDRESS = "latihan:";
  const table = JSON.parse(document.getElementById("latihan-data").textContent);
  const waits = new Map();
  const reply = (status, body) =>
    new Response(body, { status, headers: { "content-type": "application/json", "cache-control": "no-store" } });

  // A name as the look-up compares it; digits and addresses come as they are compared.
  const bare = (name) =>
    name
      .normalize("NFKC")
      .toUpperCase()
      .split(",")[0]
      .replace(/['’‘`ʼ]/g, "")
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean)
      .join(" ")
      .replace(/^((DR|DRA|DRS|H|HJ|IR|PROF) )+(?=.)/, "");

  const days = ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"];
  const two = (number) => `${number}`.padStart(2, "0");
  // The next such day, never today.
  const dated = (body) => {
    const refusal = JSON.parse(body);
    const opens = refusal.opens_at;
    if (!opens) return body;
    const next = new Date();
    next.setDate(next.getDate() + ((days.indexOf(opens.day) - next.getDay() + 7) % 7 || 7));
    opens.date = `${next.getFullYear()}-${two(next.getMonth() + 1)}-${two(next.getDate())}`;
    return JSON.stringify(refusal);
  };

  const answer = async (request) => {
    const route = request.url.slice(ADDRESS.length);
    if (route === "info") return reply(200, table.info);
    const { fakta, ...asked } = JSON.parse(await request.text());
    const [[way, typed]] = Object.entries(asked);
    const question = [way, way === "nama" ? bare(typed) : typed, fakta].join(" ").trim();
    const known = Object.hasOwn(table.find, question) ? table.find[question] : undefined;
    const [at, happens] = [known].flat();
    const found = reply(200, at === undefined ? table.none[route] : table.answers[at]);
    online(true);
    if (!happens) return found;
    if (happens === "lambat") {
      // Until the program's patience is over.
      return new Promise((_, refuse) => request.signal.addEventListener("abort", () => refuse(request.signal.reason)));
    }
    if (happens === "luring") {
      online(false);
      throw new TypeError("offline, for practice");
    }
    const [status, body] = table.refused[happens];
    if (happens !== "terlalu-sering") return reply(status, dated(body));
    // Who waits is answered; who asks meanwhile is told what is left.
    const refusal = JSON.parse(body);
    const until = waits.get(question) ?? Date.now() + refusal.retry_after * 1000;
    waits.set(question, until);
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left <= 0) return found;
    refusal.retry_after = left;
    return reply(status, JSON.stringify(refusal));
  };

  // What the program asks the browser where nothing came back.
  const online = (value) => Object.defineProperty(navigator, "onLine", { value, configurable: true });

  const elsewhere = self.fetch;
  self.fetch = (what, init) => {
    const request = new Request(what, init);
    return request.url.startsWith(ADDRESS) ? answer(request) : elsewhere.call(self, what, init);
  };

  // Fifteen seconds on a slow network are five here: nobody learns from the other ten.
  const later = self.setTimeout;
  self.setTimeout = (what, wait, ...more) => later.call(self, what, wait === 15000 ? 5000 : wait, ...more);

  const islands = document.querySelectorAll("[data-island^=periksa-]");
  const program = Uint8Array.from(atob(self.panduCek), (letter) => letter.charCodeAt(0));
  wasm_bindgen({ module_or_path: program }).catch(() => {
    for (const island of islands) island.setAttribute("data-failed", "");
  });
})();
