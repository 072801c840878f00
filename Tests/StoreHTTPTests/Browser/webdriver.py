"""Chromium, driven over WebDriver, as the tests of the shop use it."""
import json, os, subprocess, time, urllib.error, urllib.request

element = "element-6066-11e4-a52e-4f735466cecf"
tab, enter, space, down = "\ue004", "\ue007", "\ue00d", "\ue015"


def tell(step, **more):
    print(json.dumps({"step": step, **more}), flush=True)


def ask_for(folder, act):
    """Has the test do something, and waits until it has."""
    open(f"{folder}/{act}.asked", "w").close()
    end = time.monotonic() + 600
    while not os.path.exists(f"{folder}/{act}.done"):
        if time.monotonic() > end:
            raise RuntimeError(f"nobody did {act}")
        time.sleep(0.05)


class Refused(RuntimeError):
    """What the driver says instead of an answer."""


class Browser:
    """One window. It reaches this machine and no other."""

    def __init__(self, store, folder, name, width, has_script=True, text_size=16):
        self.store = store
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True, env={**os.environ, "TZ": "Europe/Paris"})
        port = next(line.split("port ")[1].strip().rstrip(".") for line in self.driver.stdout if "successfully" in line)
        self.root = f"http://127.0.0.1:{port}"
        preferences = {} if has_script else {"profile.managed_default_content_settings.javascript": 2}
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                            "--hide-scrollbars", "--force-prefers-reduced-motion", "--lang=en-US",
                            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
                            f"--window-size={width},900", f"--user-data-dir={folder}/{name}"],
                   "prefs": {"intl.accept_languages": "en-US", "webkit.webprefs.default_font_size": text_size,
                             **preferences}}
        if width < 500:
            options["mobileEmulation"] = {"deviceMetrics": {"width": width, "height": 800, "pixelRatio": 1,
                                                            "touch": False}}
        try:
            answer = self.ask("POST", "/session", capabilities={"alwaysMatch": {
                "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}})
        except BaseException:
            self.driver.kill()
            self.driver.wait()
            raise
        self.root += f"/session/{answer['sessionId']}"
        self.ask("POST", "/timeouts", script=600_000, pageLoad=600_000)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def ask(self, method, path, **body):
        request = urllib.request.Request(self.root + path, method=method,
                                         data=json.dumps(body).encode() if method == "POST" else None)
        try:
            return json.load(urllib.request.urlopen(request))["value"]
        except urllib.error.HTTPError as error:
            raise Refused(f"{path}: {json.load(error)['value']['message'].splitlines()[0]}") from None

    def until(self, what, attempt):
        """The first answer there is. Between two pages there is nothing to ask, and what was found on the page before is
        gone: a refusal is no answer yet."""
        end = time.monotonic() + 300
        while True:
            try:
                answer = attempt()
                reason = "not yet"
                if answer is not None and answer is not False:
                    return answer
            except Refused as refused:
                reason = refused
            if time.monotonic() > end:
                raise RuntimeError(f"{what}: {reason}")
            time.sleep(0.05)

    def develop(self, command, **parameters):
        """A command of Chromium's own protocol, for what WebDriver has no words for."""
        return self.ask("POST", "/goog/cdp/execute", cmd=command, params=parameters)

    def close(self):
        try:
            self.ask("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()

    def go(self, path):
        self.ask("POST", "/url", url=self.store + path)

    def path(self):
        return self.ask("GET", "/url").removeprefix(self.store)

    def title(self):
        return self.ask("GET", "/title")

    def found(self, selector):
        return self.ask("POST", "/element", using="css selector", value=selector)[element]

    def find(self, selector):
        """Waits until a page that has this is there."""
        return self.until(selector, lambda: self.found(selector))

    def text(self, selector):
        return self.until(selector, lambda: self.ask("GET", f"/element/{self.found(selector)}/text"))

    def value(self, selector):
        return self.run(f"return document.querySelector({json.dumps(selector)}).value")

    def bring_into_view(self, selector):
        """To the middle of the window: what stays at its edges would take the click."""
        self.run(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center', behavior: 'instant'}})")

    def click(self, selector):
        self.find(selector)
        self.until(selector, lambda: self.bring_into_view(selector) or True)
        self.ask("POST", f"/element/{self.find(selector)}/click")

    def follow(self, selector):
        """Clicks what leads to another page, and waits until that is there: the page before may have what is looked for."""
        before = self.find("html")
        self.click(selector)
        self.until(f"{selector} leads to another page",
                   lambda: self.found("html") != before and self.run("return document.readyState") == "complete")

    def type(self, selector, text):
        self.ask("POST", f"/element/{self.find(selector)}/value", text=text)

    def clear(self, selector):
        self.ask("POST", f"/element/{self.find(selector)}/clear")

    def run(self, script):
        return self.ask("POST", "/execute/sync", script=script, args=[])

    def focused(self, what):
        """What the element that has the focus has of something: a page may give it a moment after it is there."""
        return self.until("the focus", lambda: self.run(f"return document.activeElement.{what}") or None)

    def run_until_done(self, script):
        """Runs a script that calls its last argument when it is done."""
        return self.ask("POST", "/execute/async", script=script, args=[])

    def press(self, *keys):
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.ask("POST", "/actions", actions=[{"type": "key", "id": "keys", "actions": actions}])

    def press_until(self, selector):
        """Goes on from field to field until the one that is meant has the focus."""
        for _ in range(80):
            self.press(tab)
            if self.run(f"return document.activeElement.matches({json.dumps(selector)})"):
                return
        raise RuntimeError(f"the keyboard does not reach {selector}")

    def double_click(self, selector):
        self.find(selector)
        self.bring_into_view(selector)
        origin = {element: self.find(selector)}
        moves = [{"type": "pointerMove", "origin": origin, "x": 0, "y": 0}]
        presses = [{"type": kind, "button": 0} for _ in range(2) for kind in ("pointerDown", "pointerUp")]
        self.ask("POST", "/actions", actions=[{"type": "pointer", "id": "mouse", "actions": moves + presses}])

    def wait_for_address(self, part):
        """Until the page's address has this: another page like it may be there before."""
        self.until(part, lambda: part in self.ask("GET", "/url"))


# What a page weighs, whether anything moved while it came, and whether it is wider than its window.
measures = """const seen = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
let shift = 0
new PerformanceObserver(list => { for (const entry of list.getEntries()) shift += entry.value })
    .observe({ type: "layout-shift", buffered: true })
const done = arguments[arguments.length - 1]
setTimeout(() => done({ requests: seen.length, octets: seen.reduce((sum, one) => sum + one.encodedBodySize, 0), shift,
    isWide: document.documentElement.scrollWidth > innerWidth }), 100)"""

# How long a slow machine takes to show the most of a page, and the longest while in which it does not answer, in milliseconds.
paints = """const done = arguments[arguments.length - 1], times = { paint: 0, task: 0 }
new PerformanceObserver(list => { for (const entry of list.getEntries()) times.paint = entry.startTime })
    .observe({ type: "largest-contentful-paint", buffered: true })
new PerformanceObserver(list => { for (const entry of list.getEntries()) times.task = Math.max(times.task, entry.duration) })
    .observe({ type: "longtask", buffered: true })
setTimeout(() => done(times), 1500)"""

person = {"name": "Ada Example", "email": "ada@example.com", "line1": "1 High Street", "city": "London",
          "postalCode": "N1 1AA"}


def fill(browser, **other):
    """What a checkout asks for."""
    for name, text in {**person, **other}.items():
        browser.type(f"#{name}", text)


def to_checkout(browser):
    """From the first page to the checkout, with a kit and two dates, and all lines filled in."""
    browser.go("/?sessions=2026-12-01,2026-12-12&zone=Europe/London")
    browser.click("button[name=sku]")
    browser.find(".items")
    browser.click("a[href$='/checkout']")
    browser.find("#postalCode")
    fill(browser)
