// What every page does with script; all of it works without, too.
import "./components/copy/script.js";
