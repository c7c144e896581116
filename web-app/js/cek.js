// Starts Cek Email and Cek TTE. Appended to the ES module that wasm-bindgen writes, whose
// initialiser it calls; the page names the program and its hash on the form.
{
  const islands = document.querySelectorAll("[data-island][data-wasm]");
  const { wasm: program, integrity } = islands[0].dataset;
  try {
    await __wbg_init({ module_or_path: fetch(program, { integrity }) });
  } catch {
    // The page shows what stands beside the form: where to go instead.
    for (const island of islands) island.setAttribute("data-failed", "");
  }
}
