// The search box (components/cari), loaded by its script.js on first use. Appended to the plain script that wasm-bindgen writes.
//
// A field and, below it, a list of plain links: every screen reader knows both, and a row may hold title, way and
// passage, which an option of a combobox may not. The index is loaded then, too; nothing typed leaves
// the page, and it stands in no address. For the way back it is kept with the history entry, unless it looks like
// a person's number or address.
(() => {
  "use strict";
  const box = document.querySelector("[data-cari]");
  const form = box.querySelector("form");
  const input = box.querySelector("input");
  const said = box.querySelector("[role=status]");
  const list = box.querySelector("ol");
  const data = box.dataset;
  // A page opened from a file has no server that would complete the address of a folder.
  const file = location.protocol === "file:" ? "index.html" : "";

  const make = (tag, className, ...inside) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...inside);
    return element;
  };
  const all = () => {
    const link = make("a", "", "daftar semua panduan");
    link.href = data.all;
    return link;
  };

  // --- program and index ---

  const get = async (address, integrity) => {
    const answer = await fetch(address, { integrity });
    if (!answer.ok) throw new Error(answer.status);
    return answer;
  };
  const read = () => {
    // Where nothing can be fetched, a script has brought both along.
    const brought = self.panduCari;
    if (brought) return [Uint8Array.from(atob(brought.wasm), (byte) => byte.charCodeAt(0)), brought.index];
    return Promise.all([
      get(data.wasm, data.wasmIntegrity).then((answer) => answer.arrayBuffer()),
      get(data.index, data.indexIntegrity).then((answer) => answer.text()),
    ]);
  };
  let program;
  const load = async () => {
    const [wasm, index] = await read();
    await wasm_bindgen({ module_or_path: wasm });
    program = wasm_bindgen.Pencari.of(index);
    if (!program) throw new Error("no index");
  };
  let loading;
  const begin = () => {
    say("Memuat pencarian…");
    loading ??= load().then(
      () => {
        say();
        show();
      },
      () => {
        // The next key tries again.
        loading = undefined;
        say("Pencarian gagal dimuat. Periksa sambungan internet, atau buka ", all(), ".");
      },
    );
  };

  // --- what was found ---

  let telling;
  const say = (...words) => {
    clearTimeout(telling);
    said.replaceChildren(...words);
  };
  // It is read out: only once the person pauses.
  const sayLater = (...words) => {
    clearTimeout(telling);
    telling = setTimeout(say, 300, ...words);
  };
  const row = (line) => {
    const [title, topic, heading, path, anchor, ...pieces] = line.split("\t");
    const link = make("a", "pencarian__title", title);
    link.href = (data.home + path + file || "./") + (anchor && `#${anchor}`);
    const way = [topic, heading].filter(Boolean).join(" › ");
    // Every second piece is one that was asked for.
    const passage = pieces.map((piece, at) => (at % 2 ? make("mark", "", piece) : piece));
    const item = make("li", "pencarian__hit", link);
    if (way) item.append(make("p", "pencarian__way", way));
    item.append(make("p", "", ...passage));
    return item;
  };
  const show = () => {
    const query = input.value.trim();
    const rows = query ? program.ask(input.value).split("\n").filter(Boolean).map(row) : [];
    list.replaceChildren(...rows);
    list.hidden = !rows.length;
    if (!query) say();
    else if (rows.length) sayLater(`${rows.length} panduan ditemukan.`);
    else sayLater("Tidak ditemukan. Coba kata lain, atau buka ", all(), ".");
  };
  const update = () => (program ? show() : begin());

  // --- keys and clicks ---

  const links = () => [...list.querySelectorAll("a")];
  const keep = () => {
    const query = input.value.trim();
    const personal = /@|\d([\s.-]*\d){5}/.test(query);
    history.replaceState({ ...history.state, cari: personal ? "" : query }, "");
  };
  const clear = () => {
    input.value = "";
    if (program) show();
    input.focus();
  };
  input.addEventListener("focus", () => program || begin());
  input.addEventListener("input", update);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (program) links()[0]?.click();
    else begin();
  });
  list.addEventListener("click", keep);
  box.addEventListener("keydown", (event) => {
    const stops = [input, ...links()];
    const at = stops.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") clear();
    else if (step && at >= 0) stops[at + step]?.focus();
    else return;
    event.preventDefault();
  });
  // Whoever began before this was there is answered now.
  input.value ||= history.state?.cari ?? "";
  if (input.value || document.activeElement === input) begin();
})();
