"""Uses the store's client for browsers on a page of another origin: client.py STORE FOLDER

FOLDER has the module that the reference shows, shown.js. Prints what came of each step, as JSON.
"""
import functools, http.server, json, pathlib, subprocess, sys, threading, time, urllib.error, urllib.request

store, folder = sys.argv[1:]
pathlib.Path(folder, "page.html").write_text('<!doctype html><title></title><script type="module" src="shown.js"></script>')
pathlib.Path(folder, "empty.html").write_text("<!doctype html><title>Empty</title>")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
threading.Thread(target=site.serve_forever, daemon=True).start()
origin = f"http://127.0.0.1:{site.server_port}"

driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
root = "http://127.0.0.1:" + next(line.split("port ")[1].strip().rstrip(".") for line in driver.stdout
                                  if "successfully" in line)


def ask(method, path, **body):
    request = urllib.request.Request(root + path, method=method, data=json.dumps(body).encode() if method == "POST" else None)
    try:
        return json.load(urllib.request.urlopen(request))["value"]
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{path}: {json.load(error)['value']['message'].splitlines()[0]}") from None


def tell(step, said):
    print(json.dumps({"step": step, "said": said}), flush=True)


def run(step, body):
    script = """const [address, done] = arguments;
        (async () => {
            const { Store, StoreProblem } = await import(address + "/client.js");
            const store = new Store(address);
            const course = { timeZone: "Europe/London", sessions: ["2026-12-01"] };
            const choice = { currency: "GBP", country: "GB", items: [{ sku: "DM-KIT", quantity: 1 }], course };
            const request = cart => ({
                customer: { name: "Ada Example", email: "ada@example.com" },
                shippingAddress: { line1: "1 High Street", city: "London", postalCode: "N1 1AA", country: "GB" },
                payment: { method: "invoice" }, accept: cart.state.notices.map(notice => notice.code),
            });
            const failure = act => act.then(() => null, error => error);
            %s
        })().then(done, error => done(String(error?.stack ?? error)));""" % body
    tell(step, ask("POST", "/execute/async", script=script, args=[store]))


try:
    options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                        f"--user-data-dir={folder}/profile"]}
    answer = ask("POST", "/session", capabilities={"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}})
    root += f"/session/{answer['sessionId']}"
    ask("POST", "/timeouts", script=600_000, pageLoad=600_000)

    ask("POST", "/url", url=f"{origin}/page.html")
    end = time.monotonic() + 300
    while not ask("GET", "/title") and time.monotonic() < end:
        time.sleep(0.05)
    tell("shown", ask("GET", "/title"))

    ask("POST", "/url", url=f"{origin}/empty.html")
    run("all", """
        const shop = await store.shop();
        const kit = (await store.products({ currency: "GBP" })).find(product => product.kind === "kit");
        if ((await store.product(kit.sku)).name !== kit.name || !shop.currencies.includes("GBP")) throw new Error("no kit");
        const quoted = await store.quote(choice);
        const plan = await store.plan({ course });
        const made = await store.createCart(choice);
        await made.setItem("RESTORE-LOTION", 1);
        await made.removeItem("RESTORE-LOTION");
        await made.removeCourse();
        await made.setCourse(course);
        const cart = await store.cart(made.id);
        const order = await cart.checkout(request(cart));
        const again = await cart.checkout(request(cart));
        await order.setCourse({ ...course, sessions: ["2026-12-02"] });
        const sessions = order.state.course.sessions, followed = [], end = new AbortController();
        for await (const now of (await store.order(order.token)).follow({ interval: 50, signal: end.signal })) {
            followed.push(now.course.sessions[0]);
            if (followed.length === 1) await order.setCourse({ ...course, sessions: ["2026-12-03"] });
            if (followed.length === 2) end.abort();
        }
        return { sessions, followed, items: order.state.items.map(item => item.sku), days: plan.plan.days.length,
            total: order.state.totals.total.amount, quoted: quoted.totals.total.amount,
            same: order.state.number === again.state.number && (await order.guide()).orderNumber === order.state.number };
        """)
    run("refused", """
        const error = await failure(store.createCart({ currency: "ZZZ" }));
        return error instanceof StoreProblem && [error.kind, error.status, error.errors[0].pointer];
        """)
    run("faster", """
        const one = await store.createCart(choice), other = await store.cart(one.id);
        await one.setItem("DM-KIT", 3);
        const error = await failure(other.setItem("DM-KIT", 2));
        const seen = other.state.items[0].quantity;
        await other.setItem("DM-KIT", 1);
        return [error.kind, seen, other.state.items[0].quantity];
        """)
    # Requests arrive and their answers do not.
    run("lost", """
        const cart = await store.createCart(choice);
        const real = globalThis.fetch, keys = new Set();
        let toLose = 0, tries = 0;
        globalThis.fetch = async (address, options) => {
            const answer = await real(address, options);
            tries += 1;
            if (options.method === "POST") keys.add(options.headers["Idempotency-Key"]);
            toLose -= 1;
            if (toLose >= 0) throw new TypeError("lost");
            return answer;
        };
        toLose = 1;
        await cart.setItem("DM-KIT", 4);
        toLose = 1;
        const order = await cart.checkout(request(cart));
        globalThis.fetch = real;
        const same = await cart.checkout(request(cart));
        return { orders: new Set([order.state.number, same.state.number]).size, keys: keys.size, tries,
            quantity: order.state.items[0].quantity };
        """)
    run("unreachable", """
        const real = globalThis.fetch;
        let tries = 0;
        globalThis.fetch = async () => { tries += 1; throw new TypeError("no network"); };
        const error = await failure(new Store(address, { attempts: 3 }).shop());
        globalThis.fetch = real;
        return [error.name, tries];
        """)
    run("patience", """
        const real = globalThis.fetch, start = performance.now();
        let tries = 0;
        globalThis.fetch = async () => {
            tries += 1;
            return new Response(JSON.stringify({ type: "/problems/unavailable", title: "Busy" }), { status: 503,
                headers: { "Content-Type": "application/problem+json", "Retry-After": "1" } });
        };
        const error = await failure(new Store(address, { attempts: 2 }).shop());
        globalThis.fetch = real;
        return [error.kind, tries, performance.now() - start >= 990];
        """)
    run("ended", """
        const real = globalThis.fetch, end = new AbortController();
        globalThis.fetch = (_, { signal }) => new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason));
        });
        const call = failure(store.shop({ signal: end.signal }));
        end.abort();
        const error = await call;
        globalThis.fetch = real;
        return error.name;
        """)
finally:
    try:
        if "/session/" in root:
            ask("DELETE", "")
    finally:
        driver.terminate()
        driver.wait()
