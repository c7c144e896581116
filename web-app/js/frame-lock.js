// Shuts, before anything else runs in a sealed frame, the ways out that neither its policy
// nor its sandbox shuts: WebRTC, spoken text (voices may be remote), and the elements that make a
// browser look up a name or navigate (<link rel=preconnect>, <meta http-equiv=refresh>).
//
// Elements: only those of the form can be made, by createElement alone. Every other maker of
// elements is taken away: parsers of markup, foreign documents, custom elements, and what already
// stands in the document and could be cloned. Nothing here relies on a built-in that a later script
// could replace.
(() => {
  "use strict";
  const { apply, defineProperty } = Reflect;
  const shut = (owner, names) => {
    for (const name of names) {
      if (owner && name in owner) {
        defineProperty(owner, name, { value: undefined, writable: false, configurable: false });
      }
    }
  };
  const prototypeOf = (name) => globalThis[name] && globalThis[name].prototype;

  const markup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTML", "setHTMLUnsafe"];
  shut(prototypeOf("Element"), markup);
  shut(prototypeOf("ShadowRoot"), markup);
  shut(prototypeOf("Range"), ["createContextualFragment"]);
  shut(prototypeOf("Document"), ["createElementNS", "execCommand", "open", "write", "writeln"]);
  shut(globalThis.Document, ["parseHTML", "parseHTMLUnsafe"]);
  shut(prototypeOf("DOMImplementation"), ["createDocument", "createHTMLDocument"]);
  shut(prototypeOf("CustomElementRegistry"), ["define"]);
  shut(globalThis, [
    "DOMParser",
    "XSLTProcessor",
    "RTCPeerConnection",
    "webkitRTCPeerConnection",
    "RTCDataChannel",
    "RTCIceTransport",
    "speechSynthesis",
    "SpeechSynthesisUtterance",
    "SpeechRecognition",
    "webkitSpeechRecognition",
  ]);

  const allowed = { __proto__: null };
  for (const tag of ["button", "div", "h2", "input", "label", "li", "p", "section", "span", "strong", "ul"]) {
    allowed[tag] = true;
  }
  const create = Document.prototype.createElement;
  defineProperty(Document.prototype, "createElement", {
    value: function createElement(name) {
      const tag = `${name}`;
      if (allowed[tag] !== true) throw new DOMException("no such element is made here", "NotAllowedError");
      return apply(create, this, [tag]);
    },
    writable: false,
    configurable: false,
  });

  // The policy stays in force when the element that declared it is gone.
  for (const element of document.querySelectorAll("link, meta, script")) element.remove();
})();
