// What site.js has, and the drawn activation: one file, since each request costs as much as a part.
import "./components/copy/script.js";
import "./components/offline/start.js";
import "./components/gladi-aktivasi/script.js";
