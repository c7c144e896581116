// A session on its day: what there is now, by this device's clock, and the participant's own marks. Kept on this device under the page's
// path are the ids of entries marked and the words of points ticked off, nothing else; where the browser refuses, they last as long as the page.
(() => {
  const root = document.querySelector(".acara");
  const one = (selector, from = root) => from.querySelector(selector);
  const all = (selector, from = root) => [...from.querySelectorAll(selector)];
  const key = "pandu.bimtek." + location.pathname;
  const { hari, zona } = root.dataset;
  const [card, help, own] = [".acara__now", ".acara__help", "[data-own]"].map((selector) => one(selector));
  const [word, name, place, actions, next] = ["[data-word]", "[data-title]", "[data-place]", "[data-do]", "[data-next]"].map((selector) => one(selector));
  const entries = all("[data-acara]").map((item) => {
    const [from, to] = all("time", item);
    return {
      item, from: Date.parse(from.dateTime), to: Date.parse(to.dateTime), starts: from.textContent, ends: to.textContent,
      title: one("h3", item).textContent,
    };
  });
  const last = entries[entries.length - 1];
  const [day, hours] = [word.textContent, name.textContent];
  let marks = {};
  let asking = "";
  let shown;

  function storage(use) {
    try {
      return use(localStorage);
    } catch {
      // Refused.
    }
  }

  function read() {
    const kept = storage((store) => JSON.parse(store.getItem(key)));
    marks = kept && typeof kept === "object" ? kept : {};
  }

  // The entry that a button is for: its own, or the one on top.
  const of = (button) => button.closest("[data-for]")?.dataset.for || button.closest("[data-acara]").id;
  const point = (box) => box.closest("[data-acara]").id + " " + box.parentNode.textContent.trim();

  function paint() {
    for (const button of all("[data-say]")) {
      button.setAttribute("aria-pressed", marks[of(button)] === button.dataset.say);
    }
    for (const { item } of entries) item.dataset.mark = marks[item.id] || "";
    for (const box of all("input")) {
      box.autocomplete = "off"; // what this page keeps counts, not what a browser brings back
      box.checked = !!marks[point(box)];
    }
    const done = entries.filter(({ item }) => marks[item.id] === "sudah").length;
    one("[data-count]").textContent = done ? done + " dari " + entries.length + " acara sudah." : "";
    own.hidden = !Object.keys(marks).length;
  }

  function mark(id, value) {
    if (value) marks[id] = value;
    else delete marks[id];
    storage((store) => (Object.keys(marks).length ? store.setItem(key, JSON.stringify(marks)) : store.removeItem(key)));
    paint();
  }

  // What there is now; the card's buttons are those of the entry.
  function tell() {
    const now = Date.now();
    const at = entries.find(({ from, to }) => now >= from && now < to);
    const later = entries.find(({ from }) => from > now);
    const today = now >= Date.parse(hari) && now < last.to;
    const state = at ? at.item.id : !later ? "over" : today ? later.item.id + "?" : "";
    if (state === shown) return;
    shown = state;
    for (const { item } of entries) {
      if (at && at.item === item) item.setAttribute("aria-current", "time");
      else item.removeAttribute("aria-current");
    }
    card.dataset.state = at ? "now" : state && "wait";
    place.hidden = !!at || state === "over";
    actions.hidden = !at;
    next.hidden = !at || !later;
    if (at) {
      word.textContent = "Sekarang, sampai " + at.ends + " " + zona;
      name.textContent = at.title;
      card.dataset.for = at.item.id;
      actions.replaceChildren(...[...one(".acara__do", at.item).children].map((part) => part.cloneNode(true)));
      if (later) next.textContent = "Berikutnya " + later.starts + ": " + later.title;
    } else if (state === "over") {
      word.textContent = "Bimtek ini sudah selesai";
      name.textContent = "Panduannya tetap bisa Anda buka";
    } else if (today) {
      word.textContent = (now < entries[0].from ? "Hari ini, mulai " : "Jeda. Lanjut ") + later.starts + " " + zona;
      name.textContent = later.title;
    } else {
      word.textContent = "Belum mulai. " + day;
      name.textContent = hours;
    }
    paint();
  }

  function ask(id) {
    const { item, title } = entries.find(({ item }) => item.id === id);
    const problems = one("[data-masalah]", item);
    const link = one("[data-problem]");
    asking = id;
    one("[data-at]").textContent = title;
    link.hidden = !problems;
    if (problems) link.href = problems.href;
    help.showModal();
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { say } = button.dataset;
    if (say) {
      const id = of(button);
      // Who is done may take it back; who needs help still needs it, however often it is said.
      mark(id, say === "sudah" && marks[id] === say ? "" : say);
      if (say === "bantuan") ask(id);
    } else if ("helped" in button.dataset) {
      mark(asking, "");
      help.close();
    } else if ("close" in button.dataset) help.close();
    else if ("clear" in button.dataset) {
      for (const id of Object.keys(marks)) mark(id, "");
      one("#semua-acara").focus();
    }
  });
  root.addEventListener("change", ({ target }) => mark(point(target), target.checked && 1));

  for (const hidden of all(".acara__list .acara__say, [data-kept]")) hidden.hidden = false;
  read();
  tell();
  paint();
  setInterval(tell, 5000);
  // The same page in another tab.
  addEventListener("storage", () => {
    read();
    paint();
  });
})();
