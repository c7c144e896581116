// The page on keeping the site on the device.
import "./components/offline/state.js";
