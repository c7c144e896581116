// A session's page: what there is now, and the participant's own marks.
import "./components/acara/script.js";
import "./components/offline/start.js";
