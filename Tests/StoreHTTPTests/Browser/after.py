"""What a customer does after ordering, in Chromium on a phone: after.py STORE PAGE DATE NEXT FOLDER

STORE is the store's address, PAGE the path of the order's page, DATE the last session as a browser shows it, NEXT the day
that it moves to as one types it. Prints what the pages show as JSON.
"""
import base64, subprocess, sys
from webdriver import Browser, space, tell

store, page, last, following, folder = sys.argv[1:]

with Browser(store, folder, "phone", 360) as browser:
    browser.go(page)
    tell("order", heading=browser.text("h1"), wide=browser.run("return document.documentElement.scrollWidth > innerWidth"))
    browser.click("a.button[href^='/g/']")
    browser.find(".steps input")
    heading = browser.text("h1")
    browser.run("document.querySelector('.steps input').focus()")
    browser.press(space)
    boxes = "return [...document.querySelectorAll('.steps input')].map(box => box.checked)"
    ticked = browser.run(boxes)
    browser.ask("POST", "/refresh")
    browser.find(".steps input")
    tell("guide", path=browser.path(), heading=heading, ticked=ticked, again=browser.run(boxes),
         wide=browser.run("return document.documentElement.scrollWidth > innerWidth"))

    paper = base64.b64decode(browser.ask("POST", "/print", background=True))
    with open(f"{folder}/guide.pdf", "wb") as file:
        file.write(paper)
    text = subprocess.run(["pdftotext", "-layout", f"{folder}/guide.pdf", "-"], capture_output=True, text=True, check=True)
    facts = subprocess.run(["pdfinfo", f"{folder}/guide.pdf"], capture_output=True, text=True, check=True).stdout
    pages = next(line.split()[1] for line in facts.splitlines() if line.startswith("Pages:"))
    tell("print", text=" ".join(text.stdout.split()), pages=int(pages))

    browser.go(page)
    field = f"#course input[type=date][value='{last}']"
    browser.type(field, following)
    browser.follow("#course form button")
    tell("moved", said=browser.text("[role=status]"))
    browser.click("a.button[href^='/g/']")
    browser.find(".next")
    tell("moved guide", text=browser.run("return document.body.textContent"))
    log = [entry["message"] for entry in browser.ask("POST", "/se/log", type="browser")]
    tell("log", log=log)
