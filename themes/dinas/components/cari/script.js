// Shows the field in the link's place, and has its program (web-app/js/cari.js) loaded once somebody uses it; "/" leads to it.
(() => {
  const box = document.querySelector("[data-cari]");
  const { program } = box.dataset;
  const form = box.querySelector("form");
  const input = box.querySelector("input");
  const said = box.querySelector("[role=status]");
  let tried = 0;
  let begun;

  const begin = () => {
    // From a stick it has come already: nothing can be fetched there.
    if (!program || begun) return;
    begun = true;
    // A browser may remember that an address failed.
    import(new URL(program + (tried ? "?" + tried : ""), location)).catch(() => {
      tried += 1;
      begun = false;
      const all = Object.assign(document.createElement("a"), { href: box.dataset.all, textContent: "daftar semua panduan" });
      said.replaceChildren("Pencarian gagal dimuat. Periksa sambungan internet, atau buka ", all, ".");
    });
  };

  box.querySelector("a").hidden = true;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("focus", begin);
  input.addEventListener("input", begin);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
    event.preventDefault();
    input.focus();
  });
  // The way back to what was found.
  if (history.state?.cari) begin();
})();
