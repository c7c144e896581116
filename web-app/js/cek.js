// Starts Cek Email and Cek TTE. Appended to the ES module that wasm-bindgen writes, whose
// initialiser it calls; the page names the program and its hash on the form.
//
// Until the program is there, the form is answered here: whoever asks early is told to wait, and is
// asked for once it is there; whoever waits for what never comes is told so. The form stays, and
// with it what was typed.
{
  const islands = [...document.querySelectorAll("[data-island^=periksa-][data-wasm]")];
  const button = (island) => island.querySelector("button[type=submit]");
  const make = (tag, properties, ...inside) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...inside);
    return element;
  };
  // Says it where the program will say its answers.
  const say = (island, tone, role, title, ...lines) => {
    const panel = make(
      "section",
      { className: `panel panel--${tone}`, role },
      make("h2", { className: "panel__title", tabIndex: -1 }, title),
      ...lines.map((line) => make("p", {}, line)),
    );
    island.querySelector(".result").replaceChildren(panel);
  };

  const early = new Set();
  for (const island of islands) {
    island.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      early.add(island);
      say(island, "info", null, "Sebentar, pemeriksa sedang dimuat…");
    });
    button(island).disabled = false;
  }

  const { wasm: program, integrity } = islands[0].dataset;
  try {
    await __wbg_init({ module_or_path: fetch(program, { integrity }) });
  } catch {
    // Told below, of every form over which no program stands.
  }
  for (const island of islands) {
    if (island.hasAttribute("data-ready")) {
      if (early.has(island)) island.querySelector("form").requestSubmit();
      continue;
    }
    // The page shows below the form where to go instead.
    island.setAttribute("data-failed", "");
    button(island).disabled = true;
    island.querySelector(".note").textContent = "Keterangan data tidak dapat dimuat.";
    say(
      island,
      "error",
      "alert",
      "Pemeriksa gagal dimuat",
      "Isian Anda masih ada di atas. Periksa sambungan internet, lalu muat ulang halaman ini.",
      "Cara lain ada di bawah.",
    );
    if (early.has(island)) island.querySelector(".panel__title").focus();
  }
}
