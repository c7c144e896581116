// Remembers on this device which agency was chosen (its id, nothing else) and offers it first. Never sent.
(function () {
  "use strict";
  var KEY = "pandu.instansi";
  var offer = document.getElementById("lanjut");
  var said = document.getElementById("lanjut-kabar");
  var cards = document.querySelectorAll("[data-instansi]");

  // A browser may refuse to store anything: the page then works as without script.
  function storage(use) {
    try {
      return use(localStorage);
    } catch (_) {
      return null;
    }
  }

  cards.forEach(function (card) {
    card.addEventListener("click", function () {
      storage(function (store) { store.setItem(KEY, card.dataset.instansi); });
    });
  });

  function show() {
    var chosen = storage(function (store) { return store.getItem(KEY); });
    var card = Array.prototype.find.call(cards, function (card) {
      return card.dataset.instansi === chosen;
    });
    offer.hidden = !card;
    if (!card) return;
    offer.querySelector(".lanjut__go").href = card.href;
    offer.querySelector(".lanjut__name").textContent = card.textContent;
  }

  offer.querySelector(".lanjut__forget").addEventListener("click", function () {
    storage(function (store) { store.removeItem(KEY); });
    show();
    said.textContent = "Pilihan Anda dihapus dari perangkat ini.";
    if (cards[0]) cards[0].focus();
  });

  show();
  // Back from an agency's page, the browser may show this one as it was left.
  addEventListener("pageshow", show);
})();
