// Marks the present section in the table of contents, and names it in the contents' own line, which stays in sight on phones.
(() => {
  const toc = document.querySelector(".toc");
  if (!toc) return;
  const box = toc.firstElementChild;
  const place = document.createElement("b");
  const links = [...toc.querySelectorAll("a")];
  const headings = links.map((link) => document.getElementById(link.hash.slice(1)));
  const wide = matchMedia("(min-width: 64rem)");
  let current;

  // The section whose heading was the last to reach the upper third of the screen.
  const mark = () => {
    const link = links[headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight * 0.35).length - 1];
    current?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "true");
    place.textContent = link ? ": " + link.textContent : "";
    current = link;
  };
  // On a phone the open list lies over the text: it has done its work once a section is chosen or something else is touched.
  const fold = () => {
    box.open = wide.matches;
  };

  toc.classList.add("toc--live");
  toc.querySelector("span").append(place);
  document.addEventListener("click", (event) => {
    if (event.target.closest(".toc a") || !toc.contains(event.target)) fold();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") fold();
  });
  wide.onchange = fold;
  fold();
  const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -65%" });
  for (const heading of headings) observer.observe(heading);
})();
