// site.js, and letters and forms to be filled in. One file, since each request costs as much as a part.
import "./components/copy/script.js";
import "./components/share/script.js";
import "./components/formulir/script.js";
import "./components/offline/start.js";
