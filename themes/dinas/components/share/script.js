// "Bagikan ke WhatsApp" carries the guide's whole text, fetched when it is asked for; where that fails, the title and address it has.
(() => {
  const share = document.querySelector(".share");
  if (!share) return;
  const link = share.querySelector("a");
  let ready;

  link.addEventListener("click", async (event) => {
    if (ready) return;
    event.preventDefault();
    try {
      const answer = await fetch("chat.txt");
      if (answer.ok) link.href = "https://wa.me/?text=" + encodeURIComponent(await answer.text());
    } catch {
      // No network, or a file on a stick.
    }
    ready = true;
    link.click();
  });
})();
