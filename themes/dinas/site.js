// What pages do with script; all of it works without, too. Guides with steps or a table of contents load guide.js instead, pages with a
// letter formulir.js.
import "./components/copy/script.js";
import "./components/share/script.js";
import "./components/offline/start.js";
