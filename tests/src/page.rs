//! One tab: what a person does in it (go, click, type, tap) and what can be seen of it.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cdp::Connection;
use crate::{PATIENCE, wait_until};

/// A tab. Its frames are reached by [`Page::frame`].
pub struct Page {
    cdp: Rc<RefCell<Connection>>,
    session: String,
}

/// A place in the stream of events, to look at what came later.
#[derive(Clone, Copy)]
pub struct Mark(usize);

/// A request that the browser set out to make.
#[derive(Debug)]
pub struct Request {
    /// Whole URL.
    pub url: String,
    /// `GET`, `POST`.
    pub method: String,
    /// All headers, the `Referer` included, as one text.
    pub headers: String,
}

/// A document in which scripts can be evaluated: the tab's own or a frame's.
pub struct Document {
    cdp: Rc<RefCell<Connection>>,
    session: String,
    /// Session of the tab, which takes all input.
    tab: String,
    /// Execution context, where the frame shares its process with the tab.
    context: Option<i64>,
    /// Whether coordinates must be shifted by the place of the frame in the tab.
    framed: bool,
}

/// True once the load event of a document is over.
const LOADED: &str = "performance.timing.loadEventEnd > 0";

impl Page {
    pub(crate) fn new(cdp: Rc<RefCell<Connection>>, session: String) -> Self {
        Self { cdp, session }
    }

    /// Sends any other command of the protocol to this tab.
    pub fn call(&self, method: &str, params: Value) -> Value {
        self.cdp
            .borrow_mut()
            .call(&self.session, method, params)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Goes to an address and waits until all of it is loaded.
    pub fn goto(&self, url: &str) {
        let before = wait_until("the document in view", || self.shown());
        let answer = self.call("Page.navigate", json!({"url": url}));
        assert!(
            answer["errorText"].is_null(),
            "{url} does not load: {}",
            answer["errorText"]
        );
        // The document itself is asked: an event may be that of the document before, which was still loading.
        wait_until(&format!("{url} to be loaded"), || {
            let shown = self.shown().filter(|shown| *shown != before)?;
            let loaded = self.ask("Runtime.evaluate", json!({"expression": LOADED}))?;
            (loaded["result"]["value"] == json!(true) && self.shown()? == shown).then_some(())
        });
    }

    /// Which load of which document is in view.
    fn shown(&self) -> Option<Value> {
        let tree = self.ask("Page.getFrameTree", json!({}))?;
        Some(tree["frameTree"]["frame"]["loaderId"].clone())
    }

    /// Asks the document in view, if it answers soon: one that is just put away, kept for the way back, takes the
    /// question with it.
    fn ask(&self, method: &str, params: Value) -> Option<Value> {
        let mut cdp = self.cdp.borrow_mut();
        let reply = cdp.call_within(Duration::from_secs(2), &self.session, method, params);
        reply.ok()
    }

    /// Waits for the load event of a navigation that something else began after `mark`.
    pub fn wait_for_load(&self, mark: Mark) {
        self.wait_for_event(mark, "Page.loadEventFired", |_| true);
    }

    /// The tab's own document.
    pub fn document(&self) -> Document {
        Document {
            cdp: Rc::clone(&self.cdp),
            session: self.session.clone(),
            tab: self.session.clone(),
            context: None,
            framed: false,
        }
    }

    /// The document in the tab's only frame, as soon as it is there.
    pub fn frame(&self) -> Document {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(frame) = self.find_frame() {
                return frame;
            }
            assert!(Instant::now() < deadline, "the page has no frame");
            self.pump();
        }
    }

    fn find_frame(&self) -> Option<Document> {
        let cdp = self.cdp.borrow();
        let own_process = cdp
            .children
            .iter()
            .find(|child| child.parent == self.session && child.kind == "iframe");
        let (session, context) = match own_process {
            Some(child) => (child.session.clone(), None),
            None => (
                self.session.clone(),
                Some(frame_context(&cdp, &self.session)?),
            ),
        };
        Some(Document {
            cdp: Rc::clone(&self.cdp),
            session,
            tab: self.session.clone(),
            context,
            framed: true,
        })
    }

    /// Now, in the stream of events.
    pub fn mark(&self) -> Mark {
        // What was already on its way belongs before the mark.
        self.call("Runtime.evaluate", json!({"expression": "0"}));
        Mark(self.cdp.borrow().events.len())
    }

    /// Every request since `mark`, of the tab, its frames and its workers.
    pub fn requests_since(&self, mark: Mark) -> Vec<Request> {
        self.events(mark, "Network.requestWillBeSent", |params| Request {
            url: params["request"]["url"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            method: params["request"]["method"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            headers: params["request"]["headers"].to_string(),
        })
    }

    /// Bytes that came over the wire since `mark`, headers included, for the tab and its workers.
    pub fn bytes_since(&self, mark: Mark) -> u64 {
        let loaded = self.events(mark, "Network.loadingFinished", |params| {
            params["encodedDataLength"].as_f64().unwrap_or_default()
        });
        loaded.iter().map(|bytes| *bytes as u64).sum()
    }

    /// Gives the tab the network and the processor of a cheap phone: Lighthouse's "slow 4G" (as its own throttling
    /// of requests sets it) and a sixth of this machine's speed.
    pub fn set_slow(&self) {
        let network = json!({"offline": false, "latency": 562.5, "downloadThroughput": 188_743, "uploadThroughput": 86_400});
        self.call("Network.emulateNetworkConditions", network);
        self.call("Emulation.setCPUThrottlingRate", json!({"rate": 6}));
    }

    /// Everything that went wrong since `mark` by the browser's own account: uncaught exceptions, errors
    /// on the console, broken policies. Failed requests are not among them: the tests cause these on purpose.
    pub fn complaints_since(&self, mark: Mark) -> Vec<String> {
        let mut all = self.events(mark, "Runtime.exceptionThrown", |params| {
            params["exceptionDetails"].to_string()
        });
        let logged = self.events(mark, "Log.entryAdded", |params| params["entry"].clone());
        all.extend(
            logged
                .iter()
                .filter(|entry| entry["level"] == "error" && entry["source"] != "network")
                .map(Value::to_string),
        );
        let console = self.events(mark, "Runtime.consoleAPICalled", Value::clone);
        all.extend(
            console
                .iter()
                .filter(|call| call["type"] == "error")
                .map(|call| call["args"].to_string()),
        );
        all
    }

    /// Everything that was said on the console or in the browser's log since `mark`.
    pub fn log_since(&self, mark: Mark) -> Vec<String> {
        let mut all = self.events(mark, "Log.entryAdded", Value::to_string);
        all.extend(self.events(mark, "Runtime.consoleAPICalled", Value::to_string));
        all.extend(self.events(mark, "Runtime.exceptionThrown", Value::to_string));
        all
    }

    fn events<T>(&self, mark: Mark, method: &str, read: impl Fn(&Value) -> T) -> Vec<T> {
        let cdp = self.cdp.borrow();
        let later = cdp.events.get(mark.0..).unwrap_or_default();
        later
            .iter()
            .filter(|event| event.method == method && cdp.belongs(&event.session, &self.session))
            .map(|event| read(&event.params))
            .collect()
    }

    /// Waits for an event of this tab itself.
    pub fn wait_for_event(
        &self,
        mark: Mark,
        method: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = mark.0;
        loop {
            {
                let cdp = self.cdp.borrow();
                for event in cdp.events.get(seen..).unwrap_or_default() {
                    if event.session == self.session
                        && event.method == method
                        && wanted(&event.params)
                    {
                        return event.params.clone();
                    }
                }
                seen = cdp.events.len();
            }
            assert!(
                Instant::now() < deadline,
                "waited {PATIENCE:?} in vain for {method}; unanswered: {:#?}",
                self.unanswered_since(mark)
            );
            self.pump();
        }
    }

    /// What was asked for since `mark` and neither came nor failed.
    fn unanswered_since(&self, mark: Mark) -> Vec<String> {
        let id = |params: &Value| params["requestId"].to_string();
        let mut done = self.events(mark, "Network.loadingFinished", id);
        done.extend(self.events(mark, "Network.loadingFailed", id));
        let asked = self.events(mark, "Network.requestWillBeSent", |params| {
            (id(params), params["request"]["url"].to_string())
        });
        let open = asked.into_iter().filter(|(id, _)| !done.contains(id));
        open.map(|(_, url)| url).collect()
    }

    fn pump(&self) {
        self.cdp.borrow_mut().pump(Duration::from_millis(50));
    }

    /// Takes the network away, or gives it back.
    pub fn set_offline(&self, offline: bool) {
        self.call("Network.emulateNetworkConditions", json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}));
    }

    /// Turns JavaScript off for what is loaded from now on.
    pub fn disable_scripts(&self) {
        self.call(
            "Emulation.setScriptExecutionDisabled",
            json!({"value": true}),
        );
    }

    /// Gives the tab the size of a device, in CSS pixels, and a light or dark colour scheme.
    pub fn set_device(&self, width: u32, height: u32, dark: bool) {
        let mobile = width < 600;
        self.call(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}),
        );
        self.call(
            "Emulation.setTouchEmulationEnabled",
            json!({"enabled": mobile}),
        );
        let scheme = if dark { "dark" } else { "light" };
        self.call(
            "Emulation.setEmulatedMedia",
            json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]}),
        );
    }

    /// Holds every request whose URL matches (`*` stands for anything) until it is released.
    pub fn hold_requests(&self, pattern: &str) {
        self.call(
            "Fetch.enable",
            json!({"patterns": [{"urlPattern": pattern}]}),
        );
    }

    /// Waits for a request held since `mark` and gives its id.
    pub fn held_request(&self, mark: Mark) -> String {
        self.wait_for_event(mark, "Fetch.requestPaused", |_| true)["requestId"]
            .as_str()
            .expect("a held request has an id")
            .to_owned()
    }

    /// Lets a held request go its way, and every later one.
    pub fn release(&self, request: &str) {
        self.call("Fetch.continueRequest", json!({"requestId": request}));
        self.call("Fetch.disable", json!({}));
    }

    /// Answers a held request in the server's place, and lets every later one go its way.
    pub fn answer(&self, request: &str, status: u16, content_type: &str, body: &str) {
        let headers = json!([{"name": "content-type", "value": content_type}]);
        self.call("Fetch.fulfillRequest", json!({"requestId": request, "responseCode": status, "responseHeaders": headers, "body": base64(body)}));
        self.call("Fetch.disable", json!({}));
    }

    /// Types text into whatever has the focus, key by key.
    pub fn type_text(&self, text: &str) {
        for letter in text.chars() {
            let key = letter.to_string();
            self.call(
                "Input.dispatchKeyEvent",
                json!({"type": "keyDown", "key": key, "text": key, "unmodifiedText": key}),
            );
            self.call(
                "Input.dispatchKeyEvent",
                json!({"type": "keyUp", "key": key}),
            );
        }
    }

    /// Presses one key that writes nothing, or Enter or Space.
    pub fn press(&self, key: &str) {
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            "Tab" => (9, ""),
            " " => (32, " "),
            "ArrowDown" => (40, ""),
            "ArrowUp" => (38, ""),
            "ArrowLeft" => (37, ""),
            "ArrowRight" => (39, ""),
            "PageUp" => (33, ""),
            "PageDown" => (34, ""),
            "Home" => (36, ""),
            "End" => (35, ""),
            "Escape" => (27, ""),
            "Backspace" => (8, ""),
            other => panic!("the harness does not know the key {other}"),
        };
        let kind = if text.is_empty() {
            "rawKeyDown"
        } else {
            "keyDown"
        };
        self.call("Input.dispatchKeyEvent", json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}));
        self.call(
            "Input.dispatchKeyEvent",
            json!({"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code}),
        );
    }

    /// Puts text into whatever has the focus, at once, as a keyboard with word suggestions does.
    pub fn insert_text(&self, text: &str) {
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Clicks the middle of an element in one go, where no script may run: [`Document::click`] waits by a script.
    pub fn tap(&self, selector: &str) {
        let place = self.document().evaluate(&format!(
            "(() => {{ {FIND}; const element = find({selector:?});
            element.scrollIntoView({{block: 'center', behavior: 'instant'}});
            return uncovered(element); }})()"
        ));
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            self.call("Input.dispatchMouseEvent", json!({"type": kind, "x": place[0], "y": place[1], "button": if kind == "mouseMoved" { "none" } else { "left" }, "buttons": buttons, "clickCount": 1}));
        }
    }

    /// The browser's own way back: its last entry but one becomes the page.
    pub fn back(&self) {
        let history = self.call("Page.getNavigationHistory", json!({}));
        let current = history["currentIndex"]
            .as_u64()
            .expect("the history has a place");
        let at = usize::try_from(current.checked_sub(1).expect("there is a way back"))
            .expect("a history is short");
        self.call(
            "Page.navigateToHistoryEntry",
            json!({"entryId": history["entries"][at]["id"]}),
        );
    }

    /// Loads the page anew and waits until all of it is there.
    pub fn reload(&self) {
        let mark = self.mark();
        self.call("Page.reload", json!({}));
        self.wait_for_load(mark);
    }

    /// Waits for a question (`confirm`) that came up after `mark`, answers it, and gives its text.
    pub fn answer_dialog(&self, mark: Mark, accept: bool) -> String {
        let asked = self.wait_for_event(mark, "Page.javascriptDialogOpening", |_| true);
        self.call("Page.handleJavaScriptDialog", json!({"accept": accept}));
        asked["message"].as_str().unwrap_or_default().to_owned()
    }

    /// Shows the page as it would stand on paper, or on the screen again.
    pub fn set_paper(&self, paper: bool) {
        let media = if paper { "print" } else { "" };
        self.call("Emulation.setEmulatedMedia", json!({"media": media}));
    }

    /// The page as a PDF, by the browser's own printing.
    pub fn pdf(&self) -> Vec<u8> {
        let printed = self.call("Page.printToPDF", json!({"preferCSSPageSize": true}));
        unbase64(printed["data"].as_str().expect("a PDF has data"))
    }

    /// What a screen reader is told, in its order: the role and the name of every node that is not left out.
    pub fn accessible(&self) -> Vec<(String, String)> {
        let tree = self.call("Accessibility.getFullAXTree", json!({}));
        let nodes = tree["nodes"].as_array().expect("the tree has nodes");
        let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
        nodes
            .iter()
            .filter(|node| node["ignored"] != true)
            .map(|node| (text(&node["role"]), text(&node["name"])))
            .collect()
    }

    /// A PNG of the one element that the selector names, to the nearest whole pixels.
    pub fn picture_of(&self, selector: &str) -> Vec<u8> {
        let clip = self.document().evaluate(&format!(
            "(async () => {{ {PAINTED}; {FIND};
            await painted();
            const box = find({selector:?}).getBoundingClientRect();
            return {{x: Math.round(box.x + scrollX), y: Math.round(box.y + scrollY), width: Math.round(box.width), height: Math.round(box.height), scale: 1}}; }})()"
        ));
        let picture = self.call(
            "Page.captureScreenshot",
            json!({"format": "png", "captureBeyondViewport": true, "clip": clip}),
        );
        unbase64(picture["data"].as_str().expect("a picture has data"))
    }

    /// Writes a PNG of the part of the page that is in view.
    pub fn screenshot(&self, file: &Path) {
        let picture = self.call("Page.captureScreenshot", json!({"format": "png"}));
        let bytes = unbase64(picture["data"].as_str().expect("a picture has data"));
        std::fs::create_dir_all(file.parent().expect("a picture has a folder"))
            .expect("the folder of pictures can be made");
        std::fs::write(file, bytes).expect("the picture can be written");
    }
}

impl Document {
    /// Evaluates a script, as if a person had caused it, and waits for its promise.
    pub fn try_evaluate(&self, script: &str) -> Result<Value, String> {
        let mut params = json!({"expression": script, "awaitPromise": true, "returnByValue": true, "userGesture": true});
        if let Some(context) = self.context {
            params["contextId"] = context.into();
        }
        let reply = self
            .cdp
            .borrow_mut()
            .call(&self.session, "Runtime.evaluate", params)?;
        match reply.get("exceptionDetails") {
            Some(details) => Err(details["exception"]["description"]
                .as_str()
                .unwrap_or("exception")
                .to_owned()),
            None => Ok(reply["result"]["value"].clone()),
        }
    }

    /// Evaluates a script that must not fail.
    pub fn evaluate(&self, script: &str) -> Value {
        self.try_evaluate(script)
            .unwrap_or_else(|error| panic!("{script}\n{error}"))
    }

    /// Evaluates a script that gives text.
    pub fn text(&self, script: &str) -> String {
        match self.evaluate(script) {
            Value::String(text) => text,
            other => panic!("{script}\ngives no text but {other}"),
        }
    }

    /// Waits until a script gives something true. A document that is just being replaced is waited for, too.
    pub fn wait_for(&self, script: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(value) = self.try_evaluate(script)
                && !matches!(value, Value::Null | Value::Bool(false))
                && value != json!(0)
                && value != json!("")
            {
                return value;
            }
            if Instant::now() > deadline {
                let shown = self
                    .try_evaluate(
                        "(document.querySelector('[data-island]') ?? document.body).innerText",
                    )
                    .unwrap_or_default();
                let thrown: Vec<String> = (self.cdp.borrow().events.iter())
                    .filter(|event| event.method == "Runtime.exceptionThrown")
                    .map(|event| event.params["exceptionDetails"].to_string())
                    .collect();
                panic!(
                    "waited {PATIENCE:?} in vain for\n{script}\nThe page shows:\n{}\nExceptions: {thrown:#?}",
                    shown.as_str().unwrap_or_default()
                );
            }
            self.cdp.borrow_mut().pump(Duration::from_millis(10));
        }
    }

    /// Clicks the middle of the one element that the selector names, which must be visible and uncovered.
    pub fn click(&self, selector: &str) {
        let (x, y) = self.middle_of(selector);
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            let params = json!({"type": kind, "x": x, "y": y, "button": if kind == "mouseMoved" { "none" } else { "left" }, "buttons": buttons, "clickCount": 1});
            self.cdp
                .borrow_mut()
                .call(&self.tab, "Input.dispatchMouseEvent", params)
                .unwrap_or_else(|error| panic!("{error}"));
        }
    }

    /// Where an element's middle lies in the tab, after bringing it into view.
    fn middle_of(&self, selector: &str) -> (f64, f64) {
        if !self.framed {
            return self.place(&format!(
                "{FIND}; return await middle(find({selector:?}), true)"
            ));
        }
        // The frame is as high as its document: it is the tab that scrolls.
        let inner = self.place(&format!(
            "{FIND}; return await middle(find({selector:?}), false)"
        ));
        let tab = Self {
            cdp: Rc::clone(&self.cdp),
            session: self.tab.clone(),
            tab: self.tab.clone(),
            context: None,
            framed: false,
        };
        let frame = tab.place(&format!(
            "{FIND};
            const frame = find('iframe');
            scrollBy({{top: frame.getBoundingClientRect().y + {} - innerHeight / 2, behavior: 'instant'}});
            await painted();
            const box = frame.getBoundingClientRect();
            const x = box.x + frame.clientLeft, y = box.y + frame.clientTop;
            if (document.elementFromPoint(x + {}, y + {}) !== frame) throw new Error('the frame is covered');
            return [x, y]",
            inner.1, inner.0, inner.1
        ));
        self.place("await painted(); return [0, 0]");
        (frame.0 + inner.0, frame.1 + inner.1)
    }

    /// Runs the body of a function that gives two numbers.
    fn place(&self, body: &str) -> (f64, f64) {
        let found = self.evaluate(&format!("(async () => {{ {PAINTED}; {body} }})()"));
        let number = |at: usize| found[at].as_f64().expect("a place is two numbers");
        (number(0), number(1))
    }
}

/// Waits until what has changed is on the screen: clicks go to what is painted, not to what is laid out.
const PAINTED: &str = "const painted = () => new Promise(done => {
    requestAnimationFrame(() => requestAnimationFrame(done));
    setTimeout(done, 500);
})";

/// Finds an element, and its middle where nothing covers it.
const FIND: &str = "
const find = selector => {
    const found = document.querySelectorAll(selector);
    if (found.length !== 1) throw new Error(found.length + ' elements match ' + selector);
    return found[0];
};
const middle = async (element, scroll) => {
    if (scroll) element.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
    await painted();
    return uncovered(element);
};
const uncovered = element => {
    const box = element.getClientRects()[0];
    if (!box || !box.width || !box.height) throw new Error('not visible: ' + element.outerHTML);
    const x = box.x + box.width / 2, y = box.y + box.height / 2;
    const hit = document.elementFromPoint(x, y);
    const label = element.closest('label') ?? element.labels?.[0];
    if (!hit || !(element.contains(hit) || label?.contains(hit)))
        throw new Error(element.outerHTML + ' is covered by ' + (hit?.outerHTML ?? 'nothing in view'));
    return [x, y];
}";

impl Connection {
    /// Whether `session` is `tab` or attached somewhere below it.
    fn belongs(&self, session: &str, tab: &str) -> bool {
        if session == tab {
            return true;
        }
        // Detached ones are asked for, too: the attaching event remains.
        self.events
            .iter()
            .find(|event| {
                event.method == "Target.attachedToTarget" && event.params["sessionId"] == session
            })
            .is_some_and(|event| !event.session.is_empty() && self.belongs(&event.session, tab))
    }
}

/// The oldest live execution context of a frame that shares the tab's process: frames that it made itself are younger.
fn frame_context(cdp: &Connection, session: &str) -> Option<i64> {
    let mut main = None;
    let mut live: Vec<(i64, String)> = Vec::new();
    for event in cdp.events.iter().filter(|event| event.session == session) {
        let context = &event.params["context"];
        match event.method.as_str() {
            "Runtime.executionContextCreated" if context["auxData"]["isDefault"] == true => {
                let frame = context["auxData"]["frameId"].as_str()?.to_owned();
                main.get_or_insert_with(|| frame.clone());
                live.push((context["id"].as_i64()?, frame));
            }
            "Runtime.executionContextDestroyed" => {
                live.retain(|(id, _)| Some(*id) != event.params["executionContextId"].as_i64())
            }
            "Runtime.executionContextsCleared" => live.clear(),
            _ => {}
        }
    }
    live.iter()
        .find(|(_, frame)| Some(frame) != main.as_ref())
        .map(|(id, _)| *id)
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn unbase64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .expect("the browser sends Base64")
}
