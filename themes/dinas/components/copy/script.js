// Copy buttons: shows them, copies, and says so, to screen readers too. Without the clipboard interface (plain http, old browsers) the
// text is selected and copied as a selection.
(() => {
  const clipboard = isSecureContext && navigator.clipboard;
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  document.getElementById("isi").append(said);

  for (const button of document.querySelectorAll(".copy")) {
    const { copy, file, from } = button.dataset;
    const shown = document.getElementById(from);
    const word = button.querySelector(".copy__word");
    const words = word.textContent;
    let timer;
    if (file && !clipboard) continue;

    const fetched = async () => {
      try {
        const answer = await fetch(file);
        if (answer.ok) return await answer.text();
      } catch {
        // No network, or a file on a stick.
      }
      return copy;
    };

    const copied = async () => {
      try {
        if (file) {
          // A promise, since Safari takes nothing that comes later than the tap.
          const blob = fetched().then((text) => new Blob([text], { type: "text/plain" }));
          await clipboard.write([new ClipboardItem({ "text/plain": blob })]);
        } else {
          await clipboard.writeText(copy ?? shown.textContent);
        }
        return true;
      } catch {
        if (file) return;
        getSelection().selectAllChildren(shown);
        return document.execCommand("copy");
      }
    };

    button.hidden = false;
    button.onclick = async () => {
      const done = await copied();
      word.textContent = done ? "Disalin" : file ? "Gagal" : "Terpilih";
      button.classList.toggle("copy--done", !!done);
      said.textContent = "";
      setTimeout(() => {
        said.textContent = done
          ? "Disalin: " + (file ? "teks panduan" : copy || "teks di atas")
          : file ? "Teks tidak bisa disalin." : "Teks sudah terpilih. Tekan lama pada teks, lalu pilih Salin.";
      }, 50);
      clearTimeout(timer);
      timer = setTimeout(() => {
        word.textContent = words;
        button.classList.remove("copy--done");
        said.textContent = "";
      }, 4000);
    };
  }
})();
