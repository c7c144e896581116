// "Bagikan ke WhatsApp" carries the guide's whole text, fetched when it is asked for; where that fails, the title and address it has.
(() => {
  const link = document.querySelector(".share a");
  // A stick fetches nothing.
  if (!link || location.protocol === "file:") return;
  let ready;

  link.onclick = async (event) => {
    if (ready) return;
    event.preventDefault();
    const text = await fetch("chat.txt").then((answer) => answer.ok && answer.text()).catch(() => "");
    if (text) link.href = "https://wa.me/?text=" + encodeURIComponent(text);
    ready = true;
    link.click();
  };
})();
