// Once the page is there, has the script loaded that keeps the site on this device: nothing that is read waits for it.
(() => {
  const { worker, keeper } = document.documentElement.dataset;
  if (worker && navigator.serviceWorker) addEventListener("load", () => import(new URL(keeper, location)));
})();
