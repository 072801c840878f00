"""What a customer changes their mind about, in Chromium on a phone:
changes.py STORE PAGE FOLDER

STORE is the store's address, PAGE the path of the page of an order of three kits. Asks the test to have the order sent in
between. Prints what the page says as JSON, and leaves pictures of it in FOLDER.
"""
import base64, sys
from webdriver import Browser, ask_for, tell

store, page, folder = sys.argv[1:]


def look(browser, step):
    with open(f"{folder}/{step}.png", "wb") as file:
        file.write(base64.b64decode(browser.develop("Page.captureScreenshot", captureBeyondViewport=True)["data"]))


def said(browser, step, **more):
    tell(step, said=browser.text("[role=status]"), sums=browser.text("table.lines"), **more)
    look(browser, step)


def choose(browser, form, count):
    """Opens a form that is folded, and chooses so many of its first product."""
    browser.run(f"document.querySelector(\"{form}\").closest('details')?.setAttribute('open', '')")
    field = f"{form} input[type=number]"
    browser.clear(field)
    browser.type(field, str(count))
    browser.follow(f"{form} button")


with Browser(store, folder, "phone", 360) as browser:
    browser.go(page)
    look(browser, "before")
    browser.follow("#shipping form button")
    said(browser, "shipping")
    choose(browser, "form:has(input[type=number])[action$='/cancellation']", 1)
    said(browser, "cancelled")
    ask_for(folder, "send")
    browser.go(page)
    choose(browser, "#returns form", 1)
    said(browser, "returned", card=browser.text("#returns"))
    choose(browser, "#withdrawal form", 1)
    tell("asked", card=browser.text("#withdrawal"))
    look(browser, "asked")
    browser.follow("#withdrawal form button")
    said(browser, "withdrawn", card=browser.text("#returns"),
         wide=browser.run("return document.documentElement.scrollWidth > innerWidth"))
    browser.follow("#returns form[action$='/closure'] button")
    said(browser, "kept", card=browser.text("#returns"))
    log = [entry["message"] for entry in browser.ask("POST", "/se/log", type="browser")]
    tell("log", log=log)
