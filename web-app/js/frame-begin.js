// Stands before wasm-bindgen's script in a sealed frame: that script asks where it came from,
// and fails where a document has no address to tell, as this one has none.
Reflect.defineProperty(Document.prototype, "currentScript", { value: null });
