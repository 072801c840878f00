"""Opens a guide in Chromium, takes its network away and gives it back: offline.py STORE GUIDE ORDER NOW FOLDER PORT

STORE is the store's address, GUIDE and ORDER are paths, NOW is what the browser's clock says, in seconds since 1970, PORT is one that nobody listens at. Prints what the page shows, step by step, as JSON.
"""
import fcntl, itertools, json, os, socket, subprocess, sys, threading, time, urllib.parse, urllib.request

store, guide, order, now, folder, port = sys.argv[1:]
target = urllib.parse.urlsplit(store)


class Network:
    """The way from the browser to the store: it can be cut, or answer that nobody has time."""

    def __init__(self):
        self.port, self.open, self.is_busy = int(port), [], False
        self.mend()

    def mend(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.accept, args=[self.listener], daemon=True).start()

    def accept(self, listener):
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.create_connection((target.hostname, target.port))
            self.open += [near, far]
            for ends in [(near, far, True), (far, near, False)]:
                threading.Thread(target=self.carry, args=ends, daemon=True).start()

    def carry(self, one, other, asks):
        try:
            while data := one.recv(65536):
                if asks and self.is_busy:
                    one.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    break
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.drop()

    def drop(self):
        for end in self.open:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.open = []


clock = """Date = class extends Date {
    constructor(...parts) { parts.length ? super(...parts) : super(Date.now()) }
    static now() { return super.now() + %d }
}"""


class Browser:
    """Chromium with one page, driven by its own protocol through a pipe."""

    def __init__(self):
        (their_in, out), (into, their_out) = os.pipe(), os.pipe()
        # Chromium reads from 3 and writes to 4.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (their_in, their_out)]

        def place():
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--remote-debugging-pipe", f"--user-data-dir={folder}/profile", "about:blank"],
            preexec_fn=place, close_fds=False, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(their_in), os.close(their_out), os.close(ends[0]), os.close(ends[1])
        self.ahead = int(now) - int(time.time())
        self.out, self.into, self.ids, self.events = out, os.fdopen(into, "rb"), itertools.count(1), []
        self.turn()

    def turn(self):
        """Goes on in a new page."""
        self.session = None
        page = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        self.ask("Page.enable")
        self.ask("Page.addScriptToEvaluateOnNewDocument", source=clock % (self.ahead * 1000))

    def read(self):
        message = bytearray()
        while (byte := self.into.read(1)) != b"\0":
            if not byte:
                raise EOFError("the browser is gone")
            message += byte
        return json.loads(message)

    def ask(self, method, **parameters):
        number = next(self.ids)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer.get("method"))

    def loaded(self):
        while "Page.loadEventFired" not in self.events:
            self.events.append(self.read().get("method"))

    def go(self, address):
        self.events = []
        self.ask("Page.navigate", url=address)
        self.loaded()

    def reload(self):
        self.events = []
        self.ask("Page.reload")
        self.loaded()

    def wait(self, milliseconds):
        """Lets so many milliseconds pass in the page, without waiting for them. Its clock stands still after that."""
        self.events = []
        self.ask("Emulation.setVirtualTimePolicy", policy="pauseIfNetworkFetchesPending", budget=milliseconds)
        while "Emulation.virtualTimeBudgetExpired" not in self.events:
            self.events.append(self.read().get("method"))

    def value(self, script):
        result = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")


shown = """({heading: document.querySelector("h1")?.innerText, day: document.body.dataset.day ?? null,
    age: document.querySelector("#kept:not([hidden]) p")?.innerText ?? null,
    today: document.querySelector("#kept li")?.innerText ?? null,
    steps: document.querySelector(".do:not([hidden])") !== null,
    ticked: document.querySelector("[data-step]")?.checked ?? null})"""
kept = """(async () => { const found = []
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys())
        found.push(new URL(request.url).pathname)
    return found })()"""
scopes = """navigator.serviceWorker.getRegistrations().then(all => all.map(one => new URL(one.scope).pathname))"""


def tell(step, **more):
    print(json.dumps({"step": step, **more}), flush=True)


def post(path, **fields):
    urllib.request.urlopen(store + path, urllib.parse.urlencode(fields).encode())


network, browser = Network(), Browser()
try:
    page = f"http://127.0.0.1:{network.port}{guide}"
    browser.go(page)
    # Until the worker is there it has kept the page.
    browser.value("navigator.serviceWorker.ready.then(() => true)")
    app = browser.ask("Page.getAppManifest")
    tell("app", faults=app["errors"] + browser.ask("Page.getInstallabilityErrors")["installabilityErrors"],
         manifest=json.loads(app["data"]))
    tell("online", scopes=browser.value(scopes), kept=browser.value(kept), **browser.value(shown))
    browser.value("document.querySelector('[data-step]').click()")
    network.cut()
    browser.reload()
    tell("offline", **browser.value(shown))
    browser.ahead += 86_400
    browser.turn()
    browser.go(page)
    tell("offline tomorrow", **browser.value(shown))
    browser.ahead -= 86_400
    browser.turn()
    browser.go(page)
    network.mend()
    network.is_busy = True
    browser.reload()
    tell("busy", **browser.value(shown))
    network.is_busy = False
    browser.reload()
    tell("back", **browser.value(shown))
    browser.go(f"http://127.0.0.1:{network.port}{order}")
    tell("elsewhere", isSeen=browser.value("navigator.serviceWorker.controller !== null"))
    browser.turn()
    browser.go(page)
    browser.wait(24 * 3_600_000)
    tell("open for a day", loads=browser.events.count("Page.loadEventFired"))
    browser.turn()
    browser.go(page)
    browser.wait(11 * 60_000)
    browser.value("document.dispatchEvent(new Event('visibilitychange'))")
    browser.value("0")
    tell("in the foreground again", loads=browser.events.count("Page.frameRequestedNavigation"))
    browser.turn()
    browser.go(page)
    post(f"{order}/links", link="guide", act="revoke")
    browser.reload()
    tell("revoked", scopes=browser.value(scopes), kept=browser.value(kept), **browser.value(shown))
    network.cut()
    browser.reload()
    tell("offline again", **browser.value(shown))
finally:
    browser.process.terminate()
    browser.process.wait()