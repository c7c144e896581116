// The page "Tanpa internet": how much of the site is on this device, and the buttons that keep or remove it.
// The bar of script.js tells the size before anything is kept.
(function () {
  "use strict";
  var address = document.documentElement.dataset.worker;
  var workers = navigator.serviceWorker;
  if (!address || !workers) return;
  var scope = new URL(".", new URL(address, location));
  var key = "pandu.luring " + new URL(address, location).pathname;
  var state = document.getElementById("luring-keadaan");
  var words = state.querySelector("p");
  var keep = state.querySelector("[data-do=simpan]");
  var remove = state.querySelector("[data-do=hapus]");
  var missing = document.getElementById("luring-belum");

  function show(text, kept, all) {
    words.textContent = text;
    keep.hidden = all;
    remove.hidden = !kept;
  }

  // The worker led here from a page that it does not have.
  if (location.hash) {
    missing.querySelector("a").href = scope + location.hash.slice(1);
    missing.hidden = false;
  }
  workers.addEventListener("message", function (event) {
    var told = event.data;
    if (!told.of) return;
    var all = told.kept >= told.of;
    var text = all
      ? "Semua panduan tersimpan di perangkat ini (" + told.size + "). Anda bisa membukanya tanpa internet."
      : "Baru sebagian yang tersimpan: " + told.kept + " dari " + told.of + " berkas. Semuanya " + told.size + ".";
    show(text, told.kept, all);
  });
  keep.addEventListener("click", function () {
    localStorage[key] = "simpan";
    location.reload();
  });
  remove.addEventListener("click", function () {
    localStorage[key] = "jangan";
    workers.getRegistration(scope).then(function (registration) {
      if (registration && registration.active) registration.active.postMessage("jangan");
    });
    show("Panduan dihapus dari perangkat ini.", false, false);
    keep.focus();
  });
  document.getElementById("luring-lama").hidden = true;
  state.hidden = false;
  show("Belum ada panduan yang tersimpan di perangkat ini.", false, false);
  // While nothing is there yet, the worker itself tells how it gets on.
  workers.getRegistration(scope).then(function (registration) {
    if (registration && registration.active) registration.active.postMessage("keadaan");
  });
})();
