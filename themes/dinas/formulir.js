// Pages with a letter or form to be filled in.
import "./scripts/formulir.js";
