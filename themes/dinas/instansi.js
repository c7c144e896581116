// Root of a site of several agencies.
import "./components/chooser/script.js";
