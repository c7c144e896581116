// The drawn form on which activation is practised. Copying and the rest is in site.js.
import "./components/gladi-aktivasi/script.js";
