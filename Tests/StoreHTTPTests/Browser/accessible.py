"""Looks at pages with axe-core, in light and dark, on a narrow window, and with large text:
accessible.py STORE FOLDER PAGES

STORE is the store's address, PAGES a file of JSON: each page's name and path. Prints what is found as JSON. axe-core comes
with a package of Python's that only carries it.
"""
import importlib.util, json, os, sys
from webdriver import Browser, tell

store, folder, pages = sys.argv[1:]
package = importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0]
with open(os.path.join(package, "axe.min.js")) as file:
    axe = file.read()
with open(pages) as file:
    pages = json.load(file)

look = axe + """
const done = arguments[arguments.length - 1]
axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })
    .then(found => done(found.violations.flatMap(one => one.nodes.map(node =>
        `${one.id}: ${node.target.join(" ")}: ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message}`))))
    .catch(error => done([String(error)]))"""

# A name or an address that became a part of the page would be one of these.
strange = """return [...document.querySelectorAll("script, img, [onerror], [onload], b, i, marquee")]
    .filter(one => one.textContent.includes("hostile") || one.matches("[onerror], [onload], [src*=hostile]"))
    .map(one => one.outerHTML)"""

for size, looks in ((16, ((1280, "light"), (1280, "dark"), (320, "light"), (320, "dark"))), (32, ((360, "light"),))):
    with Browser(store, folder, f"text{size}", 1280, text_size=size) as browser:
        for width, scheme in looks:
            browser.develop("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
            browser.develop("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            for page in pages:
                browser.go(page["path"])
                tell("page", name=page["name"], width=width, size=size, scheme=scheme, found=browser.run_until_done(look),
                     isWide=browser.run("return document.documentElement.scrollWidth > innerWidth"),
                     strange=browser.run(strange), isOpen=browser.run("return document.title != ''"))
