// What every page does with script; all of it works without, too.
import "./scripts/salin.js";
import "./components/offline/script.js";
