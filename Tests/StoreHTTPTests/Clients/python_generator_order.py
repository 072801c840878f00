"""Places an order with the Python client that openapi-generator made: python_generator_order.py STORE"""
import json, sys

from python_generator import (ApiClient, ApiException, CartsApi, CatalogApi, CheckoutAddress, CheckoutCustomer,
                              CheckoutRequest, Choice, ChoiceItemRequest, Configuration, CourseRequest, ExpectedTotal,
                              GuideApi, OrdersApi, PaymentChoice, PaymentMethod)

client = ApiClient(Configuration(host=sys.argv[1]))
carts, orders = CartsApi(client), OrdersApi(client)
kit = next(product for product in CatalogApi(client).list_products().data if product.kind == "kit")
course = CourseRequest(timeZone="Europe/London", sessions=["2026-12-01", "2026-12-12"])
made = carts.create_cart_with_http_info(
    idempotency_key="python-generator-cart",
    choice=Choice(currency="GBP", country="GB", items=[ChoiceItemRequest(sku=kit.sku, quantity=1)]))
carts.set_cart_course(made.data.id, made.headers["ETag"], course)
cart = carts.get_cart(made.data.id)
try:
    carts.create_cart(choice=Choice(currency="ZZZ"))
    raise SystemExit("an unknown currency is accepted")
except ApiException as error:
    assert error.data.errors[0].pointer == "/currency", error
request = CheckoutRequest(
    customer=CheckoutCustomer(name="Ada Example", email="ada@example.com"),
    shippingAddress=CheckoutAddress(line1="1 High Street", city="London", postalCode="N1 1AA", country="GB"),
    payment=PaymentChoice(method=PaymentMethod.INVOICE), accept=[notice.code for notice in cart.notices],
    expectedTotal=ExpectedTotal(amount=cart.totals.total.amount, currency=cart.totals.total.currency))
placed = orders.checkout(cart.id, "python-generator-order", request)
again = orders.checkout(cart.id, "python-generator-order", request)
order = orders.get_order_with_http_info(placed.token)
course.sessions = ["2026-12-02", "2026-12-12"]
moved = orders.set_order_course(placed.token, order.headers["ETag"], course)
guide = GuideApi(client).get_order_guide(placed.token)
print(json.dumps({"number": order.data.number, "again": again.number, "sessions": moved.course.sessions,
                  "total": order.data.totals.total.amount, "status": order.data.payment.status,
                  "days": len(guide.plan.days)}))
