// Copy buttons: shows them, copies what stands before each, and says so, to screen readers too. Without the clipboard interface (plain http, old browsers) the
// text is selected and copied as a selection.
(() => {
  const clipboard = isSecureContext && navigator.clipboard;
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  document.getElementById("isi").append(said);

  for (const button of document.querySelectorAll(".copy")) {
    const { copy, file } = button.dataset;
    const shown = button.previousElementSibling || button.parentNode.previousElementSibling;
    const word = button.querySelector(".copy__word");
    const words = word.textContent;
    let timer;
    if (file && !clipboard) continue;

    // Without the network, or from a stick, the short text.
    const fetched = () => fetch(file).then((answer) => (answer.ok ? answer.text() : copy)).catch(() => copy);

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
        // The text as it stands: a selection leaves out what its last line ends with.
        shown.oncopy = (event) => {
          event.clipboardData.setData("text/plain", copy ?? shown.textContent);
          event.preventDefault();
        };
        const done = document.execCommand("copy");
        shown.oncopy = null;
        return done;
      }
    };

    button.hidden = false;
    button.onclick = async () => {
      const done = await copied();
      word.textContent = done ? "Disalin" : file ? "Gagal" : "Terpilih";
      said.textContent = "";
      setTimeout(() => {
        said.textContent = done
          ? "Disalin: " + (file ? "teks panduan" : copy || "teks di atas")
          : file ? "Teks tidak bisa disalin." : "Teks sudah terpilih. Tekan lama pada teks, lalu pilih Salin.";
      }, 50);
      clearTimeout(timer);
      timer = setTimeout(() => {
        word.textContent = words;
        said.textContent = "";
      }, 4000);
    };
  }
})();
