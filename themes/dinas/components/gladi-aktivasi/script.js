// The drawn activation: six stages, with what goes wrong in each told beside the field and mended there. Nothing is sent or kept; the
// code is made here, and its quarter of an hour passes on a clock of its own.
(() => {
  const root = document.querySelector(".gladi[data-nik]");
  if (!root) return;
  const { nik, nama, nip, hp } = root.dataset;
  const one = (selector) => root.querySelector(selector);
  const stages = [...root.querySelectorAll("[data-tahap]")];
  const field = (name) => one(`#gladi-${name}`);
  const chosen = (group) => one(`[name=gladi-${group}]:checked`);
  const digits = (text) => text.replace(/[^0-9]/g, "");
  const words = (text) => text.trim().replace(/\s+/g, " ").toUpperCase();

  // Says what is wrong with a field or a choice, and leads there; without words it is right.
  const judge = (name, mistake = "") => {
    const error = one(`#gladi-${name}-kesalahan`);
    error.textContent = mistake && `Kesalahan: ${mistake}`;
    error.hidden = !mistake;
    const input = field(name);
    if (input?.matches(".input")) {
      input.closest(".field").classList.toggle("field--error", !!mistake);
      const hint = `gladi-${name}-petunjuk`;
      input.setAttribute("aria-describedby", mistake ? `${error.id} ${hint}` : hint);
      if (mistake) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    if (mistake) {
      error.setAttribute("role", "alert");
      (input ?? one(`[name=gladi-${name}]`) ?? one("#gladi-setuju-1")).focus();
    }
    return !mistake;
  };
  const show = (number) => {
    for (const stage of stages) stage.hidden = stage.dataset.tahap !== `${number}`;
    one(`#gladi-${number}`).focus();
  };
  const ok = (button, text) => {
    button.closest("[data-tahap]").querySelector(".gladi__ok").textContent = text;
  };

  // --- the code, and its clock ---

  let clock = 9 * 60;
  let code, sent;
  const tell = () => {
    const two = (number) => `${number}`.padStart(2, "0");
    one(".gladi__clock b").textContent = `${two(Math.floor(clock / 60) % 24)}.${two(clock % 60)}`;
  };
  const send = () => {
    const before = code;
    do code = `${100000 + (crypto.getRandomValues(new Uint32Array(1))[0] % 900000)}`;
    while (code === before);
    sent = clock;
    one(".gladi__otp").hidden = false;
    one(".gladi__chat-text").textContent = `${code} adalah kode OTP latihan Anda. Berlaku 15 menit.`;
    field("otp").value = "";
    judge("otp");
    tell();
  };
  const lock = (isLocked) => {
    for (const name of ["nik", "nama", "hp"]) field(name).readOnly = isLocked;
  };

  const photos = {
    gelap: "Foto ditolak: terlalu gelap. Cari tempat terang.",
    topi: "Foto ditolak: lepas topi dan kacamata.",
    jauh: "Foto ditolak: wajah terlalu kecil. Dekatkan kamera.",
  };
  let photo;

  const steps = {
    email() {
      const mail = chosen("email")?.value;
      const mistake = mail
        ? "Email itu meniru BSrE. BSrE tidak meminta kode OTP lewat email. Buka yang satunya."
        : "Pilih satu email.";
      if (judge("email", mail === "benar" ? "" : mistake)) show(2);
    },
    "kirim-otp"(button) {
      const number = digits(field("nik").value);
      const phone = digits(field("hp").value).replace(/^62/, "0");
      // From the last to the first, so that the first mistake has the focus.
      const sound = [
        judge("hp", phone === digits(hp) ? "" : "Isi nomor WhatsApp di kartu Anda."),
        judge("nama", words(field("nama").value) === nama ? "" : "Nama tidak cocok. Isi seperti di KTP, tanpa gelar."),
        judge("nik", number.length !== 16 ? `NIK harus 16 angka. Yang Anda isi ${number.length} angka.` : number === nik ? "" : "NIK tidak cocok dengan kartu Anda."),
      ];
      if (!sound.every(Boolean)) return;
      lock(true);
      button.hidden = true;
      send();
      field("otp").focus();
    },
    "kirim-ulang"(button) {
      send();
      ok(button, "Kode baru dikirim. Kode lama tidak berlaku lagi.");
      field("otp").focus();
    },
    maju() {
      clock += 16;
      tell();
    },
    verifikasi(button) {
      const typed = digits(field("otp").value);
      let mistake = "";
      if (typed.length !== 6) mistake = "Kode OTP harus 6 angka.";
      else if (typed !== code) mistake = "Kode OTP salah. Baca lagi pesan WhatsApp yang terakhir.";
      else if (clock - sent > 15) mistake = "Kode OTP sudah kedaluwarsa. Tekan Kirim ulang kode.";
      ok(button, "");
      if (!judge("otp", mistake)) return;
      ok(button, "Nomor HP terverifikasi. Tekan Next.");
      const next = one("[data-do=ke-kedinasan]");
      next.hidden = false;
      next.focus();
    },
    "ke-kedinasan": () => show(3),
    pengecekan(button) {
      const number = digits(field("nip").value);
      const menu = chosen("menu")?.value;
      ok(button, "");
      const sound = [
        judge("nip", number.length !== 18 ? `NIP harus 18 angka. Yang Anda isi ${number.length} angka.` : number === nip ? "" : "NIP tidak cocok dengan kartu Anda."),
        judge("menu", menu === "asn" ? "" : menu ? "Orang di kartu Anda adalah ASN. Pilih ASN." : "Pilih ASN atau non ASN."),
      ];
      if (!sound.every(Boolean)) return;
      ok(button, "Status kepegawaian: PNS, aktif (data BKN). Cocok? Tekan Next.");
      const next = one("[data-do=ke-foto]");
      next.hidden = false;
      next.focus();
    },
    "ke-foto": () => show(4),
    "simpan-foto"(button) {
      photo = chosen("foto")?.value;
      const sound = judge("foto", photo ? photos[photo] : "Pilih satu foto.");
      ok(button, sound ? "Foto diterima. Centang kedua persetujuan, lalu tekan Submit." : "");
    },
    submit() {
      if (photo !== "baik") return void judge("foto", "Simpan dulu foto yang diterima.");
      const both = field("setuju-1").checked && field("setuju-2").checked;
      if (judge("setuju", both ? "" : "Centang kedua persetujuan.")) show(5);
    },
    passphrase() {
      const message = chosen("pesan")?.value;
      const secret = chosen("passphrase");
      const sound = [
        judge("passphrase", !secret ? "Pilih satu passphrase." : secret.dataset.langgar && `Passphrase ditolak: ${secret.dataset.langgar}.`),
        judge("pesan", message === "passphrase" ? "" : message ? "Abaikan pesan itu. Sertifikat terbit lewat tautan Set Passphrase." : "Pilih satu pesan."),
      ];
      if (sound.every(Boolean)) show(6);
    },
    ulang() {
      for (const input of root.querySelectorAll("input")) {
        if (input.type === "text") input.value = "";
        else input.checked = false;
      }
      for (const said of root.querySelectorAll(".gladi__ok")) said.textContent = "";
      for (const error of root.querySelectorAll(".error")) error.hidden = true;
      for (const next of ["ke-kedinasan", "ke-foto"]) one(`[data-do=${next}]`).hidden = true;
      one("[data-do=kirim-otp]").hidden = false;
      one(".gladi__otp").hidden = true;
      lock(false);
      clock = 9 * 60;
      code = photo = undefined;
      show(1);
    },
  };
  root.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-do]");
    if (button) steps[button.dataset.do](button);
  });
  // Enter does what the next button of its stage does, as in any form.
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".input")) return;
    event.preventDefault();
    const buttons = [...event.target.closest("[data-tahap]").querySelectorAll("[data-do]:not([data-do=maju])")];
    const after = (button) => event.target.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING;
    buttons.find((button) => after(button) && button.checkVisibility())?.click();
  });
  root.hidden = false;
  root.setAttribute("data-ready", "");
})();
