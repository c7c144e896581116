// Letters filled in on the page: prints the letter alone with its values as text, saves it as a file that the browser makes itself, adds
// and removes rows. Sends nothing, stores nothing.
(() => {
  const MOST_ROWS = 100;
  // A saved letter stands alone: what little style it needs goes with it.
  const SAVED_STYLE =
    "body{max-width:17cm;margin:1cm auto;padding:0 1rem;font:12pt/1.5 'Bookman Old Style',Georgia,serif;overflow-wrap:anywhere}" +
    "h2{font-size:14pt;text-align:center}table{width:100%;border-collapse:collapse}" +
    "th,td{padding:4pt;border:1px solid;text-align:left;vertical-align:top}" +
    "ul{padding:0;list-style:none}.isian-cetak{white-space:pre-wrap}" +
    ".isian-cetak:empty{display:inline-block;width:60%;height:1.2em;border-bottom:1px dotted}" +
    "td .isian-cetak:empty{width:100%}.isian-cetak--panjang:empty{width:100%;height:5em}" +
    "@media screen{.table{overflow-x:auto;overflow-wrap:normal}}" +
    "@page{margin:2cm}@media print{body{margin:0;padding:0}}";

  const all = (within, selector) => [...within.querySelectorAll(selector)];
  const fields = (within) => all(within, ".isian");
  const boxes = (within) => all(within, "[type=checkbox]");
  const rowsOf = (body) => all(body, "tr[data-baris]");
  const make = (name, properties) => Object.assign(document.createElement(name), properties);
  const letters = all(document, "[data-formulir]:not([data-ready])");

  const value = (field) =>
    (field.localName !== "select" ? field.value : field.value && field.selectedOptions[0]?.text || "").trim();

  // Beside each field stands its value as text: paper shows that, since a box cuts off what is longer than itself.
  const mirror = (field) => {
    field.nextElementSibling.textContent = value(field);
  };

  // On a phone a row becomes a card, and each of its cells says the name of its column.
  const nameCells = (table) => {
    const names = all(table, "thead th").map((cell) => cell.textContent);
    if (!fields(table)[0] || !names[0]) return;
    table.classList.add("surat__cards");
    for (const row of all(table, "tbody tr")) {
      [...row.cells].forEach((cell, column) => {
        cell.dataset.column = names[column] || "";
      });
    }
  };

  const number = (body) => {
    rowsOf(body).forEach((row, index) => {
      for (const cell of all(row, ".isian-nomor")) cell.textContent = index + 1;
      for (const field of fields(row)) field.setAttribute("aria-label", field.dataset.label + ", baris " + (index + 1));
    });
  };

  const offerRows = (body, said) => {
    const button = (words) => make("button", { type: "button", className: "way", textContent: words });
    const bar = make("div", { className: "formulir__rows" });
    const add = button("Tambah baris");
    const remove = button("Hapus baris terakhir");
    const update = () => {
      const count = rowsOf(body).length;
      add.disabled = count >= MOST_ROWS;
      remove.disabled = count <= 1;
    };
    bar.append(add, remove);
    body.closest(".table, table").after(bar);
    number(body);
    update();

    add.onclick = () => {
      const rows = rowsOf(body);
      const last = rows[rows.length - 1];
      const row = last.cloneNode(true);
      for (const field of fields(row)) {
        if (field.localName === "select") field.selectedIndex = 0;
        else field.value = "";
        mirror(field);
      }
      for (const box of boxes(row)) box.checked = false;
      last.after(row);
      number(body);
      update();
      said.textContent = "Baris " + (rows.length + 1) + " ditambahkan." + (add.disabled ? " Tabel ini sudah penuh." : "");
      row.querySelector("input, textarea, select")?.focus();
    };

    remove.onclick = () => {
      const rows = rowsOf(body);
      const last = rows[rows.length - 1];
      if (fields(last).some(value) && !confirm("Baris " + rows.length + " sudah terisi. Hapus baris ini?")) return;
      last.remove();
      update();
      said.textContent = "Baris " + rows.length + " dihapus.";
      if (remove.disabled) add.focus();
    };
  };

  // The letter alone, even where the page holds several; the browser offers the page's title as the PDF's name.
  const print = (form) => {
    const { title } = document;
    for (const other of letters) other.classList.toggle("formulir--aside", other !== form);
    document.title = form.dataset.formulir;
    addEventListener("afterprint", () => {
      document.title = title;
      for (const other of letters) other.classList.remove("formulir--aside");
    }, { once: true });
    window.print();
  };

  const save = (name, letter) => {
    const copy = letter.cloneNode(true);
    // A clone does not carry which boxes are ticked.
    const ticked = boxes(letter);
    boxes(copy).forEach((box, index) => box.replaceWith(ticked[index].checked ? "☑ " : "☐ "));
    for (const part of all(copy, ".isian, .formulir__rows")) part.remove();
    for (const part of all(copy, "[tabindex], [aria-hidden]")) {
      part.removeAttribute("tabindex");
      part.removeAttribute("aria-hidden");
    }
    const title = make("title", { textContent: letter.querySelector(".surat__title")?.textContent || name });
    const page = '<!doctype html>\n<html lang="id">\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n' +
      title.outerHTML + "\n<style>" + SAVED_STYLE + "</style>\n" + copy.outerHTML + "\n</html>\n";
    const href = URL.createObjectURL(new Blob([page], { type: "text/html" }));
    const link = make("a", { href, download: name + ".html" });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(href), 10000);
  };

  for (const form of letters) {
    const letter = form.querySelector(".surat");
    const tools = form.querySelector(".formulir__tools");
    const said = form.querySelector(".formulir__said");
    const name = form.dataset.formulir;
    form.dataset.ready = "";

    for (const field of fields(letter)) {
      const text = make("span", { className: "isian-cetak" + (field.localName === "textarea" ? " isian-cetak--panjang" : "") });
      text.setAttribute("aria-hidden", "true");
      field.after(text);
      mirror(field);
    }
    letter.oninput = (event) => {
      if (event.target.matches(".isian")) mirror(event.target);
      said.textContent = "";
    };
    all(letter, "table").forEach(nameCells);
    for (const body of all(letter, "tbody")) {
      if (rowsOf(body)[0]) offerRows(body, said);
    }
    tools.querySelector("[data-do=cetak]").onclick = () => print(form);
    tools.querySelector("[data-do=simpan]").onclick = () => {
      save(name, letter);
      said.textContent = "Berkas " + name + ".html disimpan ke folder unduhan. Buka untuk membaca atau mencetaknya.";
    };
    tools.hidden = false;
  }
})();
