"""Places an order with the client that openapi-python-client made: python_client_order.py STORE"""
import json, sys

from python_client import Client
from python_client.api.carts import create_cart, get_cart, set_cart_course
from python_client.api.catalog import list_products
from python_client.api.guide import get_order_guide
from python_client.api.orders import checkout, get_order, set_order_course
from python_client.models import (CheckoutAddress, CheckoutCustomer, CheckoutRequest, Choice, ChoiceItemRequest,
                                  CourseRequest, ExpectedTotal, PaymentChoice, PaymentMethod, Problem)

client = Client(base_url=sys.argv[1])
kit = next(product for product in list_products.sync(client=client).data if product.kind == "kit")
made = create_cart.sync_detailed(client=client, idempotency_key="python-client-cart",
                                 body=Choice(currency="GBP", country="GB",
                                             items=[ChoiceItemRequest(sku=kit.sku, quantity=1)]))
course = CourseRequest(time_zone="Europe/London", sessions=["2026-12-01", "2026-12-12"])
set_cart_course.sync(made.parsed.id, client=client, body=course, if_match=made.headers["ETag"])
cart = get_cart.sync(made.parsed.id, client=client)
refused = create_cart.sync(client=client, body=Choice(currency="ZZZ"))
assert isinstance(refused, Problem) and refused.errors[0].pointer == "/currency", refused
request = CheckoutRequest(
    customer=CheckoutCustomer(name="Ada Example", email="ada@example.com"),
    shipping_address=CheckoutAddress(line1="1 High Street", city="London", postal_code="N1 1AA", country="GB"),
    payment=PaymentChoice(method=PaymentMethod.INVOICE), accept=[notice.code for notice in cart.notices],
    expected_total=ExpectedTotal(amount=cart.totals.total.amount, currency=cart.totals.total.currency))
placed = checkout.sync_detailed(cart.id, client=client, body=request, idempotency_key="python-client-order")
again = checkout.sync(cart.id, client=client, body=request, idempotency_key="python-client-order")
order = get_order.sync_detailed(placed.parsed.token, client=client)
course.sessions = ["2026-12-02", "2026-12-12"]
moved = set_order_course.sync(placed.parsed.token, client=client, body=course, if_match=order.headers["ETag"])
guide = get_order_guide.sync(placed.parsed.token, client=client)
print(json.dumps({"number": order.parsed.number, "again": again.number, "sessions": moved.course.sessions,
                  "total": order.parsed.totals.total.amount, "status": order.parsed.payment.status,
                  "days": len(guide.plan.days)}))
