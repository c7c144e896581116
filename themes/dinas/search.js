// Pages with the search box.
import "./components/cari/script.js";
