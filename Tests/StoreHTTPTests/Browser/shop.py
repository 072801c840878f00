"""Buys a kit in Chromium, as people do: shop.py STORE FOLDER

STORE is the store's address. Prints what the pages show, step by step, as JSON.
"""
import json, os, subprocess, sys, time, urllib.error, urllib.request

store, folder = sys.argv[1:]
element = "element-6066-11e4-a52e-4f735466cecf"
tab, enter, space, down = "\ue004", "\ue007", "\ue00d", "\ue015"


def tell(step, **more):
    print(json.dumps({"step": step, **more}), flush=True)


class Browser:
    """Chromium with one window, driven over WebDriver."""

    def __init__(self, name, width, has_script=True):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True, env={**os.environ, "TZ": "Europe/Paris"})
        port = next(line.split("port ")[1].strip().rstrip(".") for line in self.driver.stdout if "successfully" in line)
        self.root = f"http://127.0.0.1:{port}"
        preferences = {} if has_script else {"profile.managed_default_content_settings.javascript": 2}
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                            "--hide-scrollbars", "--force-prefers-reduced-motion", "--lang=en-US", f"--window-size={width},900",
                            f"--user-data-dir={folder}/{name}"],
                   "prefs": {"intl.accept_languages": "en-US", **preferences}}
        if width < 500:
            options["mobileEmulation"] = {"deviceMetrics": {"width": width, "height": 800, "pixelRatio": 1,
                                                            "touch": False}}
        answer = self.ask("POST", "/session", capabilities={"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}})
        self.root += f"/session/{answer['sessionId']}"

    def ask(self, method, path, **body):
        request = urllib.request.Request(self.root + path, method=method,
                                         data=json.dumps(body).encode() if method == "POST" else None)
        try:
            return json.load(urllib.request.urlopen(request))["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {json.load(error)['value']['message'].splitlines()[0]}") from None

    def close(self):
        try:
            self.ask("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()

    def go(self, path):
        self.ask("POST", "/url", url=store + path)

    def path(self):
        return self.ask("GET", "/url").removeprefix(store)

    def find(self, selector):
        return self.ask("POST", "/element", using="css selector", value=selector)[element]

    def text(self, selector):
        return self.ask("GET", f"/element/{self.find(selector)}/text")

    def click(self, selector):
        self.ask("POST", f"/element/{self.find(selector)}/click")

    def type(self, selector, text):
        self.ask("POST", f"/element/{self.find(selector)}/value", text=text)

    def run(self, script):
        return self.ask("POST", "/execute/sync", script=script, args=[])

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
        origin = {element: self.find(selector)}
        moves = [{"type": "pointerMove", "origin": origin, "x": 0, "y": 0}]
        presses = [{"type": kind, "button": 0} for _ in range(2) for kind in ("pointerDown", "pointerUp")]
        self.ask("POST", "/actions", actions=[{"type": "pointer", "id": "mouse", "actions": moves + presses}])

    def wait_for_address(self, part):
        """Until the page's address has this: another page like it may be there before."""
        end = time.monotonic() + 30
        while part not in self.ask("GET", "/url") and time.monotonic() < end:
            time.sleep(0.05)

    def wait(self, selector):
        """Until a page that has this is there."""
        self.ask("POST", "/timeouts", implicit=10_000)
        self.find(selector)


# What a page weighs, whether anything moved while it came, and whether it is wider than its window.
measures = """const seen = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
let shift = 0
new PerformanceObserver(list => { for (const entry of list.getEntries()) shift += entry.value })
    .observe({ type: "layout-shift", buffered: true })
const done = arguments[arguments.length - 1]
setTimeout(() => done({ requests: seen.length, octets: seen.reduce((sum, one) => sum + one.encodedBodySize, 0), shift,
    isWide: document.documentElement.scrollWidth > innerWidth }), 100)"""

person = {"name": "Ada Example", "email": "ada@example.com", "line1": "1 High Street", "city": "London",
          "postalCode": "N1 1AA"}


def ends(browser, step, **more):
    browser.wait("#status")
    tell(step, path=browser.path(), heading=browser.text("h1"), **more)


def buy(browser, step, has_script):
    browser.go("/")
    first = browser.ask("POST", "/execute/async", script=measures, args=[]) if has_script else {}
    wide = []

    def look():
        if has_script:
            wide.append(browser.run("return document.documentElement.scrollWidth > innerWidth"))

    # As this browser's language writes a date: the month first.
    for number, day in ((1, "12012026"), (2, "12122026")):
        browser.type(f"#session-{number}", day)
    said = browser.text("#said-2") if has_script else None
    browser.click("#sessions .actions button")
    browser.wait_for_address("12-12")
    browser.wait("#plan .when")
    plan = browser.text("#plan")
    look()
    browser.click("button[name=sku]")
    browser.wait(".items")
    look()
    browser.click("a[href$='/checkout']")
    browser.wait("#postalCode")
    look()
    # At first with a fault.
    for name, text in person.items():
        browser.type(f"#{name}", "nowhere" if name == "email" else text)
    if has_script:
        browser.run("document.querySelector('#email').type = 'text'")
        browser.click("button.big")
        browser.wait(".fault")
        fault = {"title": browser.ask("GET", "/title"), "fault": browser.text(".fault a"),
                 "focus": browser.run("return document.activeElement.className")}
        browser.click(".fault a")
        fault["focusAfter"] = browser.run("return document.activeElement.id")
        browser.run("document.querySelector('#email').value = ''")
        look()
    else:
        fault = {}
        browser.ask("POST", f"/element/{browser.find('#email')}/clear")
    browser.type("#email", person["email"])
    browser.double_click("button.big")
    log = [entry["message"] for entry in browser.ask("POST", "/se/log", type="browser")
           if "status of 422" not in entry["message"]] if has_script else []
    ends(browser, step, first=first, said=said, plan=plan, wide=wide, log=log, **fault)


def with_keys(browser):
    browser.go("/")
    browser.press_until("#session-1")
    browser.press(*"12012026")
    browser.press_until("#session-2")
    browser.press(*"12122026")
    browser.press_until("#sessions .actions button:not([name])")
    browser.press(enter)
    browser.wait_for_address("12-12")
    browser.wait("#plan .when")
    browser.press_until("button[name=sku]")
    browser.press(enter)
    browser.wait(".items")
    browser.press_until("a[href$='/checkout']")
    browser.press(enter)
    browser.wait("#postalCode")
    for name, text in person.items():
        browser.press_until(f"#{name}")
        browser.press(*text)
    browser.press_until("button.big")
    browser.press(enter)
    ends(browser, "keyboard")


def back(browser):
    browser.ask("POST", "/back")
    browser.wait("a[href^='/o/']")
    tell("back", heading=browser.text("h1"))
    browser.click("a[href^='/o/']")
    ends(browser, "on again")


for name, width, has_script in (("phone", 360, True), ("desk", 1280, True), ("plain", 1280, False)):
    browser = Browser(name, width, has_script)
    try:
        buy(browser, name, has_script)
        if name == "desk":
            back(browser)
    finally:
        browser.close()
browser = Browser("keys", 1280)
try:
    with_keys(browser)
finally:
    browser.close()
