// Starts a sealed frame's program. Appended to the plain script that wasm-bindgen writes.
//
// Waits for the program, which the page hands over once. Says two things to the page and no more:
// how high the form is, and whether the program runs.
(() => {
  "use strict";
  const page = parent;
  const root = document.documentElement;
  const say = (what) => page.postMessage(what, "*");

  let told;
  const tellHeight = () => {
    const height = root.offsetHeight;
    if (height !== told) say((told = height));
  };

  const start = async (event) => {
    if (event.source !== page || !(event.data instanceof ArrayBuffer)) return;
    removeEventListener("message", start);
    try {
      await wasm_bindgen({ module_or_path: event.data });
      say(document.querySelector("[data-island]").hasAttribute("data-ready"));
    } catch {
      say(false);
    }
    // Nobody may have listened to the first one, and a frame out of sight is not laid out anew by itself.
    told = 0;
    tellHeight();
  };
  addEventListener("message", start);

  new ResizeObserver(tellHeight).observe(root);
  tellHeight();
})();
