// Slides: one at a time, by keys, buttons and swipes, in two windows.
import "./components/deck/script.js";
