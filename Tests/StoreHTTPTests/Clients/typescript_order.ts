// Places an order with the TypeScript client that openapi-generator made: node order.mjs STORE
import {
    CartsApi, CatalogApi, CheckoutRequest, Configuration, CourseRequest, GuideApi, OrdersApi, ResponseError,
} from "./typescript";

declare const process: { argv: string[] };

const configuration = new Configuration({ basePath: process.argv[2] });
const carts = new CartsApi(configuration), orders = new OrdersApi(configuration);

async function main() {
    const products = await new CatalogApi(configuration).listProducts({});
    const kit = products.data.find(product => product.kind === "kit")!;
    const course: CourseRequest = { timeZone: "Europe/London", sessions: ["2026-12-01", "2026-12-12"] };
    const made = await carts.createCartRaw({
        idempotencyKey: "typescript-cart",
        choice: { currency: "GBP", country: "GB", items: [{ sku: kit.sku, quantity: 1 }] },
    });
    const id = (await made.value()).id;
    await carts.setCartCourse({ cart: id, ifMatch: made.raw.headers.get("ETag")!, courseRequest: course });
    const cart = await carts.getCart({ cart: id });
    const refused = await carts.createCart({ choice: { currency: "ZZZ" } }).catch((error: ResponseError) => error.response.json());
    if (refused.errors[0].pointer !== "/currency") throw new Error("an unknown currency is accepted");
    const total = cart.totals.total;
    const checkoutRequest: CheckoutRequest = {
        customer: { name: "Ada Example", email: "ada@example.com" },
        shippingAddress: { line1: "1 High Street", city: "London", postalCode: "N1 1AA", country: "GB" },
        payment: { method: "invoice" },
        accept: cart.notices.map(notice => notice.code),
        expectedTotal: { amount: total.amount, currency: total.currency },
    };
    const placed = await orders.checkout({ cart: id, idempotencyKey: "typescript-order", checkoutRequest });
    const again = await orders.checkout({ cart: id, idempotencyKey: "typescript-order", checkoutRequest });
    const order = await orders.getOrderRaw({ token: placed.token });
    const known = await order.value();
    const moved = await orders.setOrderCourse({
        token: placed.token, ifMatch: order.raw.headers.get("ETag")!,
        courseRequest: { ...course, sessions: ["2026-12-02", "2026-12-12"] },
    });
    const guide = await new GuideApi(configuration).getOrderGuide({ token: placed.token });
    console.log(JSON.stringify({
        number: known.number, again: again.number, sessions: moved.course!.sessions,
        total: known.totals.total.amount, status: known.payment.status, days: guide.plan.days.length,
    }));
}

main().catch(error => { console.error(error); throw error; });
