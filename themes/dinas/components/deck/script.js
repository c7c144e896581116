// Slides, one at a time. The window that the speaker opens is this very page with #pembicara: each tells the other where it is. Nothing is
// fetched, so a deck that is open stays so without a network. Kept in the session is when the clock began, and nothing else.
(() => {
  const root = document.documentElement;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const slides = all(".slide");
  const last = slides.length - 1;
  const speaker = location.hash === "#pembicara";
  const [bar, black, help, clock, digits, told] = [".deck__bar", ".deck__black", "[data-help]", "[data-timer]", "[data-digits]", "[data-told]"].map(one);
  const button = (name) => one('.deck__bar [data-do="' + name + '"]');
  const within = (number) => Math.min(Math.max(number, 0), last);
  const asked = () => within((parseInt(location.hash.slice(1), 10) || 1) - 1);
  const title = (slide) => slide.querySelector("h1, h2").textContent.trim();

  let at = speaker ? within((history.state || {}).at || 0) : asked();
  let dark = false; // the screen
  let typed = "";
  let idle;
  let other = null;
  // What the clock has counted before it was last set going, and when that was; none: it stands.
  let counted = 0;
  let since = null;

  try {
    [counted, since] = JSON.parse(sessionStorage.getItem("pandu.slide")) || [0, null];
  } catch {
    // Refused.
  }

  // The size of type at which a slide holds what it says: the first of three, else by how much it is too full.
  function fit(slide) {
    const box = slide.querySelector(".slide__box");
    const body = slide.querySelector(".slide__body");
    const picture = slide.querySelector(".layar__picture");
    const beyond = () => Math.max(box.scrollHeight - box.clientHeight, body.scrollHeight - body.clientHeight, body.scrollWidth - body.clientWidth) - 2;
    delete slide.dataset.over;
    for (let size = 0; size < 3; size++) {
      slide.dataset.size = size;
      if (picture) {
        picture.style.setProperty("--fit", 1);
        // As high as its room, and no wider than two fifths of the slide: the rest is for what explains it.
        const room = slide.querySelector(".slide__screen").clientHeight - 8;
        let fits = Math.min(room / picture.offsetHeight, (box.clientWidth * 0.4) / picture.offsetWidth, 1.15);
        picture.style.setProperty("--fit", fits);
        // Smaller type may break its lines elsewhere.
        fits *= Math.min(1, room / picture.parentNode.offsetHeight);
        picture.style.setProperty("--fit", Math.max(0.15, fits * 0.99));
      }
      if (beyond() <= 0) return;
    }
    slide.dataset.over = beyond();
  }

  function measure() {
    slides.forEach(fit);
    place();
    root.dataset.fitted = slides.filter((slide) => slide.dataset.over).length;
  }

  // How large the slides are drawn where they don't fill the window.
  function place() {
    const overview = root.classList.contains("is-overview");
    const cell = Math.max(220, (innerWidth - 64) / Math.max(2, Math.min(5, Math.floor(innerWidth / 320)))) - 16;
    if (overview) root.style.setProperty("--scale", cell / innerWidth);
    else root.style.removeProperty("--scale");
    if (!speaker) return;
    const wide = innerWidth * 0.6 - 12;
    const high = (wide * 720) / 1280;
    const beside = innerWidth - wide - 48;
    root.style.setProperty("--wide", wide + "px");
    root.style.setProperty("--high", high + "px");
    root.style.setProperty("--below", (beside * 720) / 1280 + 28 + "px");
    slides.forEach((slide, index) => slide.style.setProperty("--scale", (index === at ? wide : beside) / 1280));
  }

  function elapsed() {
    return counted + (since ? Date.now() - since : 0);
  }

  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  const spoken = (milliseconds) => {
    const seconds = Math.floor(milliseconds / 1000);
    return (seconds >= 3600 ? Math.floor(seconds / 3600) + "." : "") + two((seconds / 60) % 60) + "." + two(seconds % 60);
  };

  function tick() {
    const now = new Date();
    clock.textContent = one("[data-elapsed]").textContent = spoken(elapsed());
    one("[data-now]").textContent = two(now.getHours()) + "." + two(now.getMinutes());
    if (!speaker) return;
    // The other window may have been loaded anew, or be gone.
    const there = opener && !opener.closed;
    one("[data-lost]").hidden = there;
    if (there) send(opener, "there");
  }

  function show() {
    slides.forEach((slide, index) => {
      slide.classList.toggle("is-now", index === at);
      slide.classList.toggle("is-next", speaker && index === at + 1);
      const notes = slide.querySelector(".slide__notes");
      if (notes) notes.hidden = !speaker || index !== at;
    });
    black.hidden = !dark || speaker;
    button("black").setAttribute("aria-pressed", dark);
    button("back").disabled = !at;
    button("next").disabled = at === last;
    one("[data-at]").textContent = at + 1 + " / " + slides.length;
    root.style.setProperty("--done", last ? at / last : 1);
    if (speaker) {
      one("[data-none]").hidden = !!slides[at].querySelector(".slide__notes");
      one("[data-end]").hidden = at !== last;
      const { until } = slides[at].dataset;
      one("[data-planned]").hidden = !until;
      one("[data-planned] b").textContent = until;
    }
    place();
    try {
      if (speaker) history.replaceState({ at }, "");
      else history.replaceState(null, "", "#" + (at + 1));
      sessionStorage.setItem("pandu.slide", JSON.stringify([counted, since]));
    } catch {
      // A browser that refuses shows slides all the same.
    }
  }

  function say(text) {
    one("[data-said]").textContent = text;
  }

  function go(number, quiet) {
    const from = at;
    at = within(number);
    if (at !== from && !since && !counted) since = Date.now();
    dark = false;
    // What had the focus is not in sight any more.
    if (slides[from].contains(document.activeElement) && at !== from) slides[at].focus({ preventScroll: true });
    show();
    if (root.classList.contains("is-overview")) slides[at].scrollIntoView({ block: "nearest" });
    say("Slide " + (at + 1) + " dari " + slides.length + ": " + title(slides[at]));
    if (!quiet) tell();
  }

  // Two windows. Only the one that opened the other, or was opened by it, is listened to; files have no origin to compare.
  const files = location.protocol === "file:";
  function send(target, hello) {
    const message = { pandu: "slide", at, dark, counted, since, scheme: root.dataset.scheme || "", hello };
    try {
      target.postMessage(message, files ? "*" : location.origin);
    } catch {
      // It is gone.
    }
  }

  function tell() {
    const peer = speaker ? opener : other;
    if (peer && !peer.closed) send(peer);
  }

  function known(event) {
    if (!event.source || (!files && event.origin !== location.origin)) return false;
    try {
      return speaker ? event.source === opener : event.source.opener === window;
    } catch {
      return false;
    }
  }

  addEventListener("message", (event) => {
    const message = event.data || {};
    if (message.pandu !== "slide" || !known(event)) return;
    if (!speaker) {
      const met = other === event.source;
      other = event.source;
      // It asks where we are, when it is loaded and then each second; once we have met, it is told of every change anyway.
      if (message.hello) {
        if (!met || message.hello === "new") send(other);
        return;
      }
    }
    counted = +message.counted || 0;
    since = +message.since || null;
    if (message.scheme === "dark" || message.scheme === "light") root.dataset.scheme = message.scheme;
    go(+message.at || 0, true);
    dark = message.dark === true;
    show();
    tick();
  });

  function tellPerson(text) {
    told.textContent = text;
    told.hidden = false;
    setTimeout(() => (told.hidden = true), 12000);
  }

  const can = {
    next: () => go(at + 1),
    back: () => go(at - 1),
    first: () => go(0),
    last: () => go(last),
    overview: () => {
      if (speaker) return;
      const open = root.classList.toggle("is-overview");
      button("overview").setAttribute("aria-pressed", open);
      place();
      slides[at].focus({ preventScroll: true });
      slides[at].scrollIntoView({ block: "center" });
      if (!open) scrollTo(0, 0);
      say(open ? "Semua slide. Pilih dengan panah, buka dengan Enter." : "");
    },
    full: () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else if (root.requestFullscreen) root.requestFullscreen().catch(() => tellPerson("Peramban menolak layar penuh. Tekan F11."));
    },
    speaker: () => {
      if (speaker) return;
      if (other && !other.closed) return other.focus();
      const address = location.href.split("#")[0] + "#pembicara";
      other = open(address, "pandu-pembicara", "popup,width=1180,height=760");
      if (!other) tellPerson("Jendela pembicara ditahan peramban. Izinkan pop-up untuk halaman ini, lalu tekan S lagi.");
    },
    timer: () => {
      if (!speaker) {
        clock.hidden = !clock.hidden;
        if (!clock.hidden && !since && !counted) since = Date.now();
      } else if (since) {
        counted = elapsed();
        since = null;
      } else since = Date.now();
      show();
      tick();
      tell();
    },
    restart: () => {
      counted = 0;
      since = Date.now();
      show();
      tick();
      tell();
    },
    black: () => {
      dark = !dark;
      show();
      say(dark ? "Layar hitam. Tekan B untuk kembali." : "Slide tampil lagi.");
      tell();
    },
    scheme: () => {
      const now = root.dataset.scheme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
      root.dataset.scheme = now === "dark" ? "light" : "dark";
      tell();
    },
    print: () => print(),
    help: () => (help.open ? help.close() : help.showModal()),
    close: () => help.close(),
  };

  const keys = {
    ArrowRight: "next", ArrowDown: "next", PageDown: "next", " ": "next", ArrowLeft: "back", ArrowUp: "back", PageUp: "back", Backspace: "back",
    Home: "first", End: "last", o: "overview", f: "full", s: "speaker", t: "timer", r: "restart", b: "black", ".": "black", d: "scheme", p: "print", "?": "help",
  };

  function type(text) {
    typed = text.slice(0, 3);
    digits.hidden = !typed;
    digits.textContent = typed && "Ke slide " + typed + " (Enter)";
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    // The dialog has keys of its own; so have buttons and links.
    if (help.open && key !== "?") return;
    if ((key === " " || key === "Enter") && event.target.closest && event.target.closest("button, a, summary")) return;
    if (key >= "0" && key <= "9") type(typed + key);
    else if (key === "Enter") {
      const number = parseInt(typed, 10);
      type("");
      if (number) go(number - 1);
      else if (root.classList.contains("is-overview")) can.overview();
    } else if (key === "Escape") {
      if (typed) type("");
      else if (dark) can.black();
      else if (root.classList.contains("is-overview")) can.overview();
    } else if (keys[key]) {
      type("");
      can[keys[key]]();
    } else return;
    event.preventDefault();
  });

  addEventListener("click", (event) => {
    const does = event.target.closest("[data-do]");
    if (does) return can[does.dataset.do]();
    if (!root.classList.contains("is-overview")) return;
    const slide = event.target.closest(".slide");
    if (!slide) return;
    event.preventDefault();
    go(slides.indexOf(slide));
    can.overview();
  });

  let touched = null;
  addEventListener("touchstart", (event) => (touched = event.touches.length === 1 ? event.touches[0] : null), { passive: true });
  addEventListener("touchend", (event) => {
    const [end] = event.changedTouches;
    if (!touched || root.classList.contains("is-overview") || event.target.closest(".deck__bar, dialog")) return;
    const [x, y] = [end.clientX - touched.clientX, end.clientY - touched.clientY];
    if (Math.abs(x) > 50 && Math.abs(x) > 1.5 * Math.abs(y)) (x < 0 ? can.next : can.back)();
    touched = null;
  });

  function awake() {
    root.classList.remove("is-idle");
    clearTimeout(idle);
    if (!speaker) idle = setTimeout(() => root.classList.add("is-idle"), 3000);
  }
  for (const moved of ["pointermove", "pointerdown", "focusin"]) addEventListener(moved, awake);
  addEventListener("hashchange", () => !speaker && asked() !== at && go(asked()));
  addEventListener("resize", measure);

  root.classList.add("is-show");
  root.classList.toggle("is-speaker", speaker);
  for (const part of [bar, one(".deck__progress"), speaker && one(".speaker")]) if (part) part.hidden = false;
  for (const name of speaker ? ["overview", "full", "speaker"] : ["restart"]) button(name).hidden = true;
  if (speaker) {
    document.title = "Pembicara: " + document.title;
    button("timer").textContent = "Jeda/lanjut";
    if (opener) send(opener, "new");
  }
  show();
  measure();
  awake();
  tick();
  setInterval(tick, 1000);
})();
