// Steps to be ticked off: each numeral becomes a checkbox. Which are done is kept on this device: the page's path and the steps' ids,
// nothing else, and only as long as the steps are the same. Where the browser refuses to store, they last as long as the page.
(() => {
  const steps = [...document.querySelectorAll(".langkah > li")];
  const key = "pandu.langkah." + location.pathname;
  const make = (name, properties) => Object.assign(document.createElement(name), properties);

  // A short digest of all steps, ids and words: another one, and what was kept is forgotten.
  let digest = 0;
  for (const step of steps) {
    for (const c of step.id + step.querySelector(".langkah__do").textContent) digest = (digest * 31 + c.charCodeAt()) | 0;
  }

  function storage(use) {
    try {
      return use(localStorage);
    } catch {
      // Refused.
    }
  }

  const [of, ...kept] = (storage((store) => store.getItem(key)) || "").split(" ");
  const boxes = steps.map((step) => {
    const box = make("input", { type: "checkbox", className: "langkah__tick", autocomplete: "off" });
    box.checked = of === "" + digest && kept.includes(step.id);
    step.prepend(box);
    return box;
  });

  for (const list of document.querySelectorAll(".langkah")) {
    const own = boxes.filter((box) => box.parentNode.parentNode === list);
    const bar = make("div", { className: "langkah__state" });
    const said = make("p");
    const reset = make("button", { type: "button", textContent: "Ulangi dari awal" });

    const show = () => {
      const count = own.filter((box) => box.checked).length;
      said.textContent = count ? count + " dari " + own.length + " selesai" : "Ketuk nomor langkah yang sudah selesai.";
      reset.hidden = !count;
    };
    const change = () => {
      const done = boxes.filter((box) => box.checked).map((box) => box.parentNode.id);
      storage((store) => (done[0] ? store.setItem(key, [digest, ...done].join(" ")) : store.removeItem(key)));
      show();
    };
    own.forEach((box, index) => {
      box.setAttribute("aria-label", "Langkah " + (index + 1) + " selesai");
      box.onchange = change;
    });
    reset.onclick = () => {
      for (const box of own) box.checked = false;
      change();
      own[0].focus();
    };
    said.setAttribute("role", "status");
    bar.append(said, reset);
    list.before(bar);
    show();
  }
})();
