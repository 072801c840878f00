"""Orders in Chromium while something happens meanwhile: meanwhile.py STORE FOLDER

STORE is the store's address. What is to happen is asked for by a file in FOLDER. Prints what the pages show as JSON.
"""
import sys, urllib.parse, urllib.request
from webdriver import Browser, ask_for, fill, person, tell, to_checkout

store, folder = sys.argv[1:]


def refused(browser, step):
    """What is said at the checkout, and whether all that was typed is still there."""
    browser.find(".fault")
    tell(step, title=browser.title(), said=browser.text(".fault"), heading=browser.text("h1"),
         isFocused=browser.focused("matches('.fault')"),
         isKept=all(browser.value(f"#{name}") == text for name, text in person.items()),
         total=browser.text(".lines .total"))


def ordered(browser, step):
    browser.find("#status")
    tell(step, path=browser.path(), heading=browser.text("h1"))


def sold_out(browser):
    to_checkout(browser)
    ask_for(folder, "sell out")
    browser.click("button.big")
    refused(browser, "sold out")
    # The page that says so has a way back to the cart, which says it too, and leads no further.
    browser.click("form a[href^='/cart/']:not([href*='#'])")
    browser.find(".items .wrong")
    tell("sold out in the cart", said=browser.text(".items .wrong"),
         isOpen=browser.run("return document.querySelector(\"a[href$='/checkout']\") != null"))
    ask_for(folder, "restock")
    browser.ask("POST", "/refresh")
    browser.click("a[href$='/checkout']")
    browser.find("#postalCode")
    fill(browser)
    browser.click("button.big")
    ordered(browser, "restocked")


def dearer(browser):
    to_checkout(browser)
    ask_for(folder, "raise the price")
    browser.click("button.big")
    refused(browser, "dearer")
    browser.click("button.big")
    ordered(browser, "dearer all the same")


def two_tabs(browser):
    to_checkout(browser)
    cart = browser.path().removesuffix("/checkout")
    first = browser.ask("GET", "/window")
    browser.ask("POST", "/window", handle=browser.ask("POST", "/window/new", type="tab")["handle"])
    browser.go(cart)
    browser.run("document.querySelector('.items [name=quantity]').value = 2")
    browser.click(".items button:not([name])")
    browser.find("[role=status]")
    browser.ask("POST", "/window", handle=first)
    browser.click("button.big")
    refused(browser, "two tabs")
    browser.click("button.big")
    ordered(browser, "two kits")


def restarted(browser):
    to_checkout(browser)
    path = browser.path()
    ask_for(folder, "stop")
    browser.follow("button.big")
    tell("gone", isShop=browser.run("return document.querySelector('.shop') != null"))
    ask_for(folder, "start")
    # To the form again, and once more.
    browser.go(path)
    browser.find("#postalCode")
    fill(browser)
    browser.click("button.big")
    ordered(browser, "started again")


def lost_answer(browser):
    """The order is placed, and its answer never comes: the same form is the same order."""
    to_checkout(browser)
    fields = browser.run("return [...new FormData(document.querySelector('form.columns'))]")
    fields = [tuple(field) for field in fields]
    urllib.request.urlopen(store + browser.path(), data=urllib.parse.urlencode(fields).encode()).read()
    browser.click("button.big")
    ordered(browser, "answer lost")


for number, scene in enumerate((sold_out, dearer, two_tabs, lost_answer, restarted)):
    with Browser(store, folder, f"browser{number}", 1280) as browser:
        scene(browser)
