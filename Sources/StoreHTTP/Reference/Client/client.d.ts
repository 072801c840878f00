export interface StoreOptions {
    /** The storefront's publishable key, where the shop has made any. */
    key?: string | null;
    /** How often a request is sent at most; 5 where nothing is said. */
    attempts?: number;
    /** How many milliseconds one try may take; 20,000 where nothing is said. */
    patience?: number;
}

export interface CallOptions {
    /** Ends the call, and the waiting for another try. */
    signal?: AbortSignal;
}

export interface ActOptions extends CallOptions {
    /** The key of this act; a random one where nothing is said. Keep it to go on after the page was closed. */
    idempotencyKey?: string;
}

/** Why a request was not done: all fields of `Body.Problem`, as far as they are there. */
export declare class StoreProblem extends Error {
    /** The last part of `type`, such as "price-changed". */
    readonly kind: string;
    readonly type: Body.Problem["type"];
    readonly title: string;
    readonly status: number;
    readonly detail: string;
    readonly errors?: Body.Problem["errors"];
    readonly current?: Body.Problem["current"];
    readonly old?: Body.Problem["old"];
    readonly new?: Body.Problem["new"];
    readonly order?: Body.Problem["order"];
    readonly requestId: string;
    /** The version of `current`. */
    readonly etag: string | null;
}

/** The network failed, as often as it was tried: whether the request was done is not known. */
export declare class StoreUnreachable extends Error {}

/** What a checkout asks; without a total it is the one that the cart shows. */
export type Checkout = Omit<Body.CheckoutRequest, "expectedTotal"> & Partial<Pick<Body.CheckoutRequest, "expectedTotal">>;

/** A store. All calls reject with `StoreProblem` where the store refuses, and with `StoreUnreachable`. */
export declare class Store {
    /** @param address where the store is, such as "https://store.example"; empty for the page's own server. */
    constructor(address?: string, options?: StoreOptions);
    shop(options?: CallOptions): Promise<Body.Store>;
    products(options?: CallOptions & { currency?: string }): Promise<Body.Product[]>;
    product(sku: string, options?: CallOptions & { currency?: string }): Promise<Body.Product>;
    plan(request: Body.PlanRequest, options?: ActOptions): Promise<Body.PlanAnswer>;
    quote(choice: Body.Choice, options?: ActOptions): Promise<Body.Quote>;
    createCart(choice?: Body.Choice, options?: ActOptions): Promise<Cart>;
    cart(id: string, options?: CallOptions): Promise<Cart>;
    order(token: string, options?: CallOptions): Promise<Order>;
}

/** A cart, its state as it was answered last, and the version of that. */
export declare class Cart {
    readonly id: string;
    readonly state: Body.Cart;
    reload(options?: CallOptions): Promise<this>;
    replace(choice: Body.Choice, options?: CallOptions): Promise<this>;
    setItem(sku: string, quantity: number, options?: CallOptions): Promise<this>;
    removeItem(sku: string, options?: CallOptions): Promise<this>;
    setCourse(course: Body.CourseRequest, options?: CallOptions): Promise<this>;
    removeCourse(options?: CallOptions): Promise<this>;
    checkout(request: Checkout, options?: ActOptions): Promise<Order>;
}

/** An order, and its state as it was answered last. */
export declare class Order {
    readonly token: string;
    readonly state: Body.Order;
    reload(options?: CallOptions): Promise<this>;
    setCourse(course: Body.CourseRequest, options?: CallOptions): Promise<this>;
    guide(options?: CallOptions): Promise<Body.Guide>;
    pay(options?: ActOptions): Promise<Body.PaymentStart>;
    /** The order each time that it has changed, until the signal ends it. */
    follow(options?: CallOptions & { interval?: number }): AsyncGenerator<Body.Order>;
}
