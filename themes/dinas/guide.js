// site.js, and what long guides do: steps to tick off, the present section. One file, since each request costs as much as a part.
import "./components/copy/script.js";
import "./components/share/script.js";
import "./components/langkah/script.js";
import "./components/toc/script.js";
import "./components/offline/start.js";
