// Registers the worker that keeps the site on the device (start.js loads this once the page is there), shows what it has to say
// ({words, button, act}) in a bar, and looks for a newer version when it asks for that ({look}). "Jangan" is remembered
// on this device; then there is no worker.
(function () {
  "use strict";
  var address = document.documentElement.dataset.worker;
  var workers = navigator.serviceWorker;
  if (!address || !workers) return;
  var worker = new URL(address, location);
  var key = "pandu.luring " + worker.pathname;
  var pressed, registration, choice;
  try {
    choice = localStorage[key];
  } catch (_) {
    return; // A browser that refuses to store anything.
  }
  if (choice === "jangan") return;

  var bar = document.createElement("div");
  bar.className = "luring";
  bar.setAttribute("role", "status");
  document.body.append(bar);

  function answer(act) {
    bar.textContent = "";
    if (act === "jangan") {
      localStorage[key] = act;
      registration.active.postMessage(act);
    }
    if (act !== "muat") return;
    if (!registration.waiting) return location.reload();
    pressed = true;
    registration.waiting.postMessage(act);
  }

  workers.addEventListener("message", function (event) {
    var told = event.data;
    if (told.look && registration) {
      registration.update().catch(function () { registration.active.postMessage("gagal"); });
    }
    if (!told.words) return;
    var button = document.createElement("button");
    button.textContent = told.button;
    button.onclick = function () { answer(told.act); };
    bar.replaceChildren(told.words, button);
    // What asks for nothing need not lie over the page for long.
    if (!told.act) setTimeout(function () { if (button.isConnected) bar.textContent = ""; }, 8000);
  });
  // Only the page on which it was asked for: in another one, a letter may be half filled in.
  workers.addEventListener("controllerchange", function () {
    if (pressed) location.reload();
  });

  function register() {
    var types = window.trustedTypes;
    return workers.register(types ? types.createPolicy("pandu", { createScriptURL: function () { return address; } }).createScriptURL("") : address);
  }

  // Registering once more is not only in vain: it may have to wait for an update that the browser has begun.
  var there = workers.controller && workers.controller.scriptURL === worker.href;
  Promise.resolve(there || register()).then(function () {
    return workers.ready;
  }).then(function (ready) {
    registration = ready;
    var sparing = navigator.connection && navigator.connection.saveData && choice !== "simpan";
    ready.active.postMessage(sparing ? "hemat" : "halo");
  }, function () {
    // The page works as without it.
  });
})();
