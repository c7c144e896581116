// Development only: loads the page anew when the site was rebuilt, and says when a build failed.
(() => {
  const notice = document.createElement("p");
  notice.setAttribute("role", "alert");
  notice.style.cssText =
    "position:fixed;inset:auto 0 0 0;z-index:99999;margin:0;padding:1rem;" +
    "background:#8a1c1c;color:#fff;font:600 1rem/1.4 system-ui,sans-serif";

  let source;
  let seen;

  const hear = (event) => {
    const { build, age, failed } = JSON.parse(event.data);
    // The first news may tell of a build that ended while this page was on its way here.
    const stale = seen === undefined ? age < performance.now() : build !== seen;
    seen = build;
    if (stale) {
      location.reload();
    } else if (failed) {
      document.body.append(notice);
      notice.textContent = "Situs gagal dibangun. Lihat terminal. Halaman ini masih versi terakhir yang baik.";
    } else {
      notice.remove();
    }
  };

  // Only while the page can be seen: a browser opens six connections to a host, and tabs pile up.
  const follow = () => {
    source?.close();
    source = document.hidden ? undefined : new EventSource("/__pandu/events");
    source?.addEventListener("message", hear);
  };
  document.addEventListener("visibilitychange", follow);
  follow();
})();
