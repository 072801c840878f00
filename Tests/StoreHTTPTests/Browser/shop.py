"""Buys a kit in Chromium, as people do: shop.py STORE FOLDER

STORE is the store's address. Prints what the pages show, step by step, as JSON.
"""
import sys
from webdriver import Browser, enter, measures, paints, person, tell

store, folder = sys.argv[1:]


def ends(browser, step, **more):
    browser.find("#status")
    tell(step, path=browser.path(), heading=browser.text("h1"), **more)


def buy(browser, step, has_script):
    browser.go("/")
    first = browser.run_until_done(measures) if has_script else {}
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
    browser.find("#plan .when")
    plan = browser.text("#plan")
    look()
    browser.click("button[name=sku]")
    browser.find(".items")
    look()
    browser.click("a[href$='/checkout']")
    browser.find("#postalCode")
    look()
    # At first with a fault.
    for name, text in person.items():
        browser.type(f"#{name}", "nowhere" if name == "email" else text)
    if has_script:
        browser.run("document.querySelector('#email').type = 'text'")
        browser.click("button.big")
        browser.find(".fault")
        fault = {"title": browser.title(), "fault": browser.text(".fault a"),
                 "focus": browser.focused("className")}
        browser.click(".fault a")
        fault["focusAfter"] = browser.focused("id")
        browser.run("document.querySelector('#email').value = ''")
        look()
    else:
        fault = {}
        browser.clear("#email")
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
    browser.find("#plan .when")
    browser.press_until("button[name=sku]")
    browser.press(enter)
    browser.find(".items")
    browser.press_until("a[href$='/checkout']")
    browser.press(enter)
    browser.find("#postalCode")
    for name, text in person.items():
        browser.press_until(f"#{name}")
        browser.press(*text)
    browser.press_until("button.big")
    browser.press(enter)
    ends(browser, "keyboard")


def back(browser):
    browser.ask("POST", "/back")
    browser.find("a[href^='/o/']")
    tell("back", heading=browser.text("h1"))
    browser.click("a[href^='/o/']")
    ends(browser, "on again")


def measured(browser):
    """On a machine of a quarter of the speed."""
    browser.develop("Emulation.setCPUThrottlingRate", rate=4)
    browser.go("/")
    tell("slow", **browser.run_until_done(paints))


for name, width, has_script in (("phone", 360, True), ("desk", 1280, True), ("plain", 1280, False)):
    with Browser(store, folder, name, width, has_script) as browser:
        buy(browser, name, has_script)
        if name == "desk":
            back(browser)
with Browser(store, folder, "keys", 1280) as browser:
    with_keys(browser)
with Browser(store, folder, "slow", 360) as browser:
    measured(browser)
