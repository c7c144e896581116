// Pages with a letter or form to be filled in.
import "./components/formulir/script.js";
