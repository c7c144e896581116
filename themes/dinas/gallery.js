// What any page does with script: the gallery holds every component.
import "./components/copy/script.js";
import "./components/share/script.js";
import "./components/langkah/script.js";
import "./components/toc/script.js";
import "./components/formulir/script.js";
