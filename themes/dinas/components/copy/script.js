// Copy buttons (data-from: id of the element that shows the text, data-copy: the text, where it is not just what is shown).
// Shows them, copies, and says so, to screen readers too. Without the clipboard
// interface (plain http, old browsers) the text is selected and copied as a selection.
(function () {
  "use strict";
  var buttons = document.querySelectorAll("button[data-from]");
  if (!buttons.length) return;

  var said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  document.getElementById("isi").appendChild(said);

  function textOf(button) {
    var copy = button.dataset.copy;
    return copy === undefined ? document.getElementById(button.dataset.from).textContent : copy;
  }

  function copySelected(button) {
    var shown = document.getElementById(button.dataset.from);
    var range = document.createRange();
    range.selectNodeContents(shown);
    var selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    // The text meant, whatever markup shows it.
    function exactly(event) {
      event.clipboardData.setData("text/plain", textOf(button));
      event.preventDefault();
    }
    document.addEventListener("copy", exactly);
    var done = false;
    try {
      done = document.execCommand("copy");
    } catch (_) {
      // Left to the reader: the text is selected.
    }
    document.removeEventListener("copy", exactly);
    return done;
  }

  function report(button, done) {
    var word = button.querySelector(".copy__word");
    word.textContent = done ? "Disalin" : "Terpilih";
    button.classList.toggle("copy--done", done);
    said.textContent = "";
    setTimeout(function () {
      said.textContent = done
        ? "Disalin: " + (button.dataset.copy || "teks di atas")
        : "Teks sudah terpilih. Tekan lama pada teks, lalu pilih Salin.";
    }, 50);
    clearTimeout(button.timer);
    button.timer = setTimeout(function () {
      word.textContent = "Salin";
      button.classList.remove("copy--done");
      said.textContent = "";
    }, 4000);
  }

  buttons.forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      if (navigator.clipboard && window.isSecureContext) {
        navigator.clipboard.writeText(textOf(button)).then(
          function () { report(button, true); },
          function () { report(button, copySelected(button)); }
        );
      } else {
        report(button, copySelected(button));
      }
    });
  });
})();
