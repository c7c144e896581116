// Letters filled in on the page (components/formulir): prints the letter alone with its values as text,
// saves it as a file that the browser makes itself, adds and removes rows. Sends nothing, stores nothing.
(function () {
  "use strict";
  var MOST_ROWS = 100;
  // A saved letter stands alone: what little style it needs goes with it.
  var SAVED_STYLE =
    "body{max-width:17cm;margin:1.5cm auto;padding:0 1rem;font:12pt/1.5 'Bookman Old Style',Georgia,'Noto Serif',serif;color:#000;background:#fff}" +
    "h2{font-size:14pt;text-align:center}table{width:100%;border-collapse:collapse}" +
    "th,td{padding:4pt 6pt;border:1px solid #000;text-align:left;vertical-align:top}" +
    "ul{padding:0;list-style:none}.isian-cetak{white-space:pre-wrap}" +
    ".isian-cetak:empty{display:inline-block;width:60%;height:1.2em;border-bottom:1px dotted #000}" +
    "td .isian-cetak:empty{width:100%}.isian-cetak--panjang:empty{width:100%;height:5em}" +
    "@media screen{body{overflow-wrap:anywhere}.table{overflow-x:auto;overflow-wrap:normal}}" +
    "@page{margin:2cm}@media print{body{max-width:none;margin:0;padding:0}td{overflow-wrap:anywhere}}";

  document.querySelectorAll("[data-formulir]:not([data-ready])").forEach(function (form) {
    var letter = form.querySelector(".surat");
    var tools = form.querySelector(".formulir__tools");
    var said = form.querySelector(".formulir__said");
    form.dataset.ready = "";

    fields(letter).forEach(function (field) {
      var text = document.createElement("span");
      text.className = "isian-cetak" + (field.localName === "textarea" ? " isian-cetak--panjang" : "");
      text.setAttribute("aria-hidden", "true");
      field.after(text);
      mirror(field);
    });
    letter.addEventListener("input", function (event) {
      if (event.target.matches(".isian")) mirror(event.target);
      said.textContent = "";
    });
    letter.querySelectorAll("table").forEach(nameCells);
    letter.querySelectorAll("tbody").forEach(function (body) {
      if (rowsOf(body).length) offerRows(body, said);
    });

    tools.querySelector("[data-do=cetak]").addEventListener("click", function () {
      print(form);
    });
    tools.querySelector("[data-do=simpan]").addEventListener("click", function () {
      save(form.dataset.formulir, letter);
      said.textContent = "Berkas " + form.dataset.formulir + ".html disimpan ke folder unduhan. Buka untuk membaca atau mencetaknya.";
    });
    tools.hidden = false;
  });

  function fields(within) {
    return within.querySelectorAll(".isian");
  }

  function value(field) {
    if (field.localName !== "select") return field.value;
    return field.value && field.selectedIndex >= 0 ? field.options[field.selectedIndex].text : "";
  }

  // Beside each field stands its value as text: paper shows that, since a box cuts off what is longer than itself.
  function mirror(field) {
    field.nextElementSibling.textContent = value(field).trim();
  }

  // On a phone a row becomes a card, and each of its cells says the name of its column.
  function nameCells(table) {
    var names = Array.prototype.map.call(table.querySelectorAll("thead th"), function (cell) {
      return cell.textContent;
    });
    if (!table.querySelector(".isian") || !names.length) return;
    table.classList.add("surat__cards");
    table.querySelectorAll("tbody tr").forEach(function (row) {
      Array.prototype.forEach.call(row.cells, function (cell, column) {
        cell.dataset.column = names[column] || "";
      });
    });
  }

  function rowsOf(body) {
    return body.querySelectorAll("tr[data-baris]");
  }

  function number(body) {
    rowsOf(body).forEach(function (row, index) {
      row.querySelectorAll(".isian-nomor").forEach(function (cell) {
        cell.textContent = index + 1;
      });
      fields(row).forEach(function (field) {
        field.setAttribute("aria-label", field.dataset.label + ", baris " + (index + 1));
      });
    });
  }

  function offerRows(body, said) {
    var bar = document.createElement("div");
    var add = button("Tambah baris");
    var remove = button("Hapus baris terakhir");
    var table = body.closest(".table") || body.closest("table");
    bar.className = "formulir__rows";
    bar.append(add, remove);
    table.after(bar);
    number(body);
    update();

    function update() {
      var count = rowsOf(body).length;
      add.disabled = count >= MOST_ROWS;
      remove.disabled = count <= 1;
    }

    add.addEventListener("click", function () {
      var rows = rowsOf(body);
      var last = rows[rows.length - 1];
      var row = last.cloneNode(true);
      fields(row).forEach(function (field) {
        if (field.localName === "select") field.selectedIndex = 0;
        else field.value = "";
        mirror(field);
      });
      row.querySelectorAll("input[type=checkbox]").forEach(function (box) {
        box.checked = false;
      });
      last.after(row);
      number(body);
      update();
      said.textContent = "Baris " + (rows.length + 1) + " ditambahkan." + (add.disabled ? " Tabel ini sudah penuh." : "");
      var first = row.querySelector("input, textarea, select");
      if (first) first.focus();
    });

    remove.addEventListener("click", function () {
      var rows = rowsOf(body);
      var last = rows[rows.length - 1];
      var filled = Array.prototype.some.call(fields(last), function (field) {
        return value(field).trim();
      });
      if (filled && !confirm("Baris " + rows.length + " sudah terisi. Hapus baris ini?")) return;
      last.remove();
      update();
      said.textContent = "Baris " + rows.length + " dihapus.";
      if (remove.disabled) add.focus();
    });
  }

  function button(words) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "formulir__button";
    made.textContent = words;
    return made;
  }

  // The letter alone, even where the page holds several; the browser offers the page's title as the PDF's name.
  function print(form) {
    var title = document.title;
    var others = document.querySelectorAll("[data-formulir]");
    others.forEach(function (other) {
      other.classList.toggle("formulir--aside", other !== form);
    });
    document.title = form.dataset.formulir;
    addEventListener("afterprint", function () {
      document.title = title;
      others.forEach(function (other) {
        other.classList.remove("formulir--aside");
      });
    }, { once: true });
    window.print();
  }

  function save(name, letter) {
    var copy = letter.cloneNode(true);
    // A clone does not carry which boxes are ticked.
    var boxes = letter.querySelectorAll("input[type=checkbox]");
    copy.querySelectorAll("input[type=checkbox]").forEach(function (box, index) {
      box.replaceWith(boxes[index].checked ? "☑ " : "☐ ");
    });
    copy.querySelectorAll(".isian, .formulir__rows").forEach(function (part) {
      part.remove();
    });
    copy.querySelectorAll("[tabindex], [aria-hidden]").forEach(function (part) {
      part.removeAttribute("tabindex");
      part.removeAttribute("aria-hidden");
    });
    var title = document.createElement("title");
    var heading = letter.querySelector(".surat__title");
    title.textContent = heading ? heading.textContent : name;
    var page = "<!doctype html>\n<html lang=\"id\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n" +
      title.outerHTML + "\n<style>" + SAVED_STYLE + "</style>\n" + copy.outerHTML + "\n</html>\n";
    var address = URL.createObjectURL(new Blob([page], { type: "text/html" }));
    var link = document.createElement("a");
    link.href = address;
    link.download = name + ".html";
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(address); }, 10000);
  }
})();
