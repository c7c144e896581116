// Loaded after a page that registers the worker.
import "./components/offline/script.js";
