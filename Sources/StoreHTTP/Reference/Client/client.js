// A client of the store's API, in one file and without dependencies. /docs/clients shows how it is used, and client.d.ts
// has its types.

// What the store answers when a request was not done, and why (RFC 9457).
export class StoreProblem extends Error {
    constructor(body, status, etag) {
        super(body.detail ?? body.title ?? `The store answered ${status}.`);
        Object.assign(this, body);
        this.name = "StoreProblem";
        this.status = status;
        this.etag = etag;
    }

    // The last part of `type`, such as "price-changed".
    get kind() { return (this.type ?? "").split("/").pop(); }
}

// The network failed, as often as it was tried: whether the request was done is not known.
export class StoreUnreachable extends Error {
    constructor(cause) {
        super("The store could not be reached.", { cause });
        this.name = "StoreUnreachable";
    }
}

export class Store {
    #address;
    #key;
    #attempts;
    #patience;

    constructor(address = "", { key = null, attempts = 5, patience = 20_000 } = {}) {
        this.#address = address.replace(/\/$/, "");
        this.#key = key;
        this.#attempts = attempts;
        this.#patience = patience;
    }

    async shop(options) { return (await this.send("GET", "/v1/store", options)).body; }

    async products({ currency, ...options } = {}) {
        return (await this.send("GET", `/v1/products${query({ currency })}`, options)).body.data;
    }

    async product(sku, { currency, ...options } = {}) {
        return (await this.send("GET", `/v1/products/${encodeURIComponent(sku)}${query({ currency })}`, options)).body;
    }

    async plan(body, options) { return (await this.send("POST", "/v1/plan", { ...options, body })).body; }

    async quote(body, options) { return (await this.send("POST", "/v1/quote", { ...options, body })).body; }

    async createCart(body = {}, options) {
        return new Cart(this, await this.send("POST", "/v1/carts", { ...options, body }));
    }

    async cart(id, options) { return new Cart(this, await this.send("GET", `/v1/carts/${id}`, options)); }

    async order(token, options) { return new Order(this, await this.send("GET", `/v1/orders/${token}`, options)); }

    // Sends a request, again where it may: after a failure of the network, while the same request is worked on, and when
    // the store asks for patience. Each POST has a key of its own, so that it is done once however often it is sent.
    // `isDone` says of a state whether it is what was asked for: a change of a version that went through, and whose answer
    // was lost, is refused when it is sent again.
    async send(method, path, { body, version, idempotencyKey, signal, isDone } = {}) {
        const headers = { Accept: "application/json" };
        if (body !== undefined) headers["Content-Type"] = "application/json";
        if (version) headers["If-Match"] = version;
        if (this.#key) headers["Aftercare-Key"] = this.#key;
        if (method === "POST") headers["Idempotency-Key"] = idempotencyKey ?? randomKey();
        const request = { method, headers, credentials: "omit", cache: "no-store",
            body: body === undefined ? undefined : JSON.stringify(body) };
        let wasLost = false;
        for (let attempt = 1; ; attempt += 1) {
            const isLast = attempt >= this.#attempts;
            let answer;
            try {
                answer = await this.#ask(path, request, signal);
            } catch (error) {
                signal?.throwIfAborted();
                if (isLast) throw new StoreUnreachable(error);
                wasLost = true;
                await pause(backoff(attempt), signal);
                continue;
            }
            if (answer.status < 400) return answer;
            const problem = new StoreProblem(answer.body ?? {}, answer.status, answer.etag);
            if (wasLost && answer.status === 412 && problem.current && isDone?.(problem.current)) {
                return { ...answer, status: 200, body: problem.current };
            }
            if (isLast || !isPassing(answer.status, problem.kind)) throw problem;
            await pause(answer.retryAfter ?? backoff(attempt), signal);
        }
    }

    // One try. One that takes too long is a failure like any other.
    async #ask(path, request, signal) {
        const controller = new AbortController();
        const end = () => controller.abort();
        const timer = setTimeout(end, this.#patience);
        signal?.addEventListener("abort", end, { once: true });
        try {
            signal?.throwIfAborted();
            const response = await fetch(this.#address + path, { ...request, signal: controller.signal });
            const text = await response.text();
            const isJSON = /json/.test(response.headers.get("Content-Type") ?? "");
            const seconds = Number(response.headers.get("Retry-After") ?? NaN);
            return {
                status: response.status, etag: response.headers.get("ETag"),
                retryAfter: seconds >= 0 ? Math.min(seconds, 30) * 1000 : null,
                body: isJSON && text ? JSON.parse(text) : null,
            };
        } finally {
            clearTimeout(timer);
            signal?.removeEventListener("abort", end);
        }
    }
}

export class Cart {
    #store;
    #version;
    // The key of each order that was asked for, by what was asked: a second click is the same order.
    #orderKeys = new Map();

    constructor(store, answer) {
        this.#store = store;
        this.#take(answer);
    }

    get id() { return this.state.id; }

    #take({ body, etag }) {
        this.state = body;
        this.#version = etag ?? this.#version;
        return this;
    }

    async #change(method, path, body, isDone, options) {
        const version = this.#version;
        try {
            return this.#take(await this.#store.send(method, `/v1/carts/${this.id}${path}`,
                { ...options, body, version, isDone }));
        } catch (error) {
            // Somebody else was faster: this is how it stands, and the caller is told.
            if (error instanceof StoreProblem && error.kind === "cart-changed" && error.current) {
                this.#take({ body: error.current, etag: error.etag });
            }
            throw error;
        }
    }

    async reload(options) { return this.#take(await this.#store.send("GET", `/v1/carts/${this.id}`, options)); }

    replace(choice, options) { return this.#change("PUT", "", choice, undefined, options); }

    setItem(sku, quantity, options) {
        return this.#change("PUT", `/items/${encodeURIComponent(sku)}`, { quantity },
            now => now.items.some(item => item.sku === sku && item.quantity === quantity), options);
    }

    removeItem(sku, options) {
        return this.#change("DELETE", `/items/${encodeURIComponent(sku)}`, undefined,
            now => !now.items.some(item => item.sku === sku), options);
    }

    setCourse(course, options) {
        return this.#change("PUT", "/course", course, now => holds(now.course, course), options);
    }

    removeCourse(options) { return this.#change("DELETE", "/course", undefined, now => !now.course, options); }

    async checkout(request, { idempotencyKey, ...options } = {}) {
        const body = { expectedTotal: this.state.totals.total, ...request };
        const asked = JSON.stringify(body);
        const key = idempotencyKey ?? this.#orderKeys.get(asked) ?? randomKey();
        this.#orderKeys.set(asked, key);
        const answer = await this.#store.send("POST", `/v1/carts/${this.id}/checkout`,
            { ...options, body, idempotencyKey: key });
        return new Order(this.#store, answer);
    }
}

export class Order {
    #store;
    #version;

    constructor(store, answer) {
        this.#store = store;
        this.#take(answer);
    }

    get token() { return this.state.token; }

    #take({ body, etag }) {
        this.state = body;
        this.#version = etag ?? this.#version;
        return this;
    }

    #path(rest = "") { return `/v1/orders/${this.token}${rest}`; }

    async reload(options) { return this.#take(await this.#store.send("GET", this.#path(), options)); }

    async setCourse(course, options) {
        // The answer to a checkout has no version, where the order is the same as an earlier one.
        if (!this.#version) await this.reload(options);
        return this.#take(await this.#store.send("PUT", this.#path("/course"),
            { ...options, body: course, version: this.#version, isDone: now => holds(now.course, course) }));
    }

    async guide(options) { return (await this.#store.send("GET", this.#path("/guide"), options)).body; }

    // Where the payment stands, and what the customer does next.
    async pay(options) { return (await this.#store.send("POST", this.#path("/payment"), { ...options, body: {} })).body; }

    // The order each time that it has changed, from how it stands on, until the signal ends it.
    async *follow({ interval = 5000, signal } = {}) {
        for (let last = null; !signal?.aborted;) {
            try {
                await this.reload({ signal });
            } catch (error) {
                if (signal?.aborted) return;
                throw error;
            }
            const now = JSON.stringify(this.state);
            if (now !== last) yield this.state;
            last = now;
            await pause(interval, signal).catch(() => {});
        }
    }
}

function query(values) {
    const given = Object.entries(values).filter(([, value]) => value != null);
    return given.length ? `?${new URLSearchParams(given)}` : "";
}

// Whether a state has all that was asked for.
function holds(state, asked) {
    return state != null && Object.entries(asked).every(([name, value]) =>
        value == null || JSON.stringify(state[name]) === JSON.stringify(value));
}

// Whether the same request may go through later.
function isPassing(status, kind) {
    return status === 429 || status === 503 || (status === 409 && kind === "request-in-flight");
}

function backoff(attempt) { return 250 * 2 ** (attempt - 1) * (0.75 + Math.random() / 2); }

function pause(milliseconds, signal) {
    return new Promise((resolve, reject) => {
        const end = () => { clearTimeout(timer); reject(signal.reason); };
        const timer = setTimeout(() => { signal?.removeEventListener("abort", end); resolve(); }, milliseconds);
        if (signal?.aborted) end();
        signal?.addEventListener("abort", end, { once: true });
    });
}

function randomKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, "0")).join("");
}
