// Root of a site of several agencies.
import "./scripts/instansi.js";
