// The page's side of islands in sealed frames: hands each frame its program, gives it the height it asks for.
//
// A frame may fetch nothing, so its program is fetched here, by its hash; files opened as such can't
// be fetched either, and a script brings it along as Base64 (`panduPrograms`). From a frame come a
// number (its height) or a truth value (its program runs, or does not); anything else is ignored.
for (const island of document.querySelectorAll(".sealed")) {
  const frame = island.querySelector("iframe");
  const { program: name, wasm, integrity } = island.dataset;
  let program;

  const fail = () => island.setAttribute("data-failed", "");
  // The frame takes the first it gets. It may not listen yet: then its first height asks once more.
  const offer = () => program && frame.contentWindow.postMessage(program, "*");

  addEventListener("message", ({ source, data }) => {
    if (source !== frame.contentWindow) return;
    if (data === true) island.setAttribute("data-ready", "");
    else if (data === false) fail();
    else if (Number.isInteger(data) && data > 0 && data < 10000) {
      frame.style.height = `${data}px`;
      if (!island.hasAttribute("data-ready")) offer();
    }
  });
  frame.addEventListener("load", offer);

  const brought = self.panduPrograms?.[name];
  const bytes = brought
    ? Promise.resolve(Uint8Array.from(atob(brought), (letter) => letter.charCodeAt(0)).buffer)
    : fetch(wasm, { integrity }).then((answer) =>
        answer.ok ? answer.arrayBuffer() : Promise.reject(answer.status),
      );
  bytes
    .then((bytes) => {
      program = bytes;
      offer();
    })
    .catch(fail);
}
