// Starts a sealed frame's program. Appended to the plain script that wasm-bindgen writes.
//
// Waits for the program, which the page hands over once. Says two things to the page and no more:
// how high the form is, and whether the program runs.
(() => {
  "use strict";
  const page = parent;
  const root = document.documentElement;
  const say = (what) => page.postMessage(what, "*");

  const start = async (event) => {
    if (event.source !== page || !(event.data instanceof ArrayBuffer)) return;
    removeEventListener("message", start);
    try {
      await wasm_bindgen({ module_or_path: event.data });
      say(document.querySelector("[data-island]").hasAttribute("data-ready"));
    } catch {
      say(false);
    }
  };
  addEventListener("message", start);

  let told = 0;
  const tellHeight = () => {
    const height = root.offsetHeight;
    if (height !== told) say((told = height));
  };
  new ResizeObserver(tellHeight).observe(root);
  tellHeight();
})();
