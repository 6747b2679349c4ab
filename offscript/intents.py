"""The intents a model may read a message as, and what each means (pure).

Not among them: opting in, which needs the customer's own plain words, and whatever only buttons say. A
confirmed order is read as a mere yes, to which the script asks back: no model's reading places an order.
"""

from __future__ import annotations

from collections.abc import Mapping

TRIAGE_INTENTS: Mapping[str, str] = {
    "search_products": "names a kind of product, or describes a need that a product meets",
    "refine_search": "narrows or changes the last search: colour, price, size, material, cheaper, bigger",
    "show_more": "wants more of the same list",
    "ask_details": "asks about one product: description, size, material, picture",
    "ask_price": "asks what something costs",
    "ask_availability": "asks whether something, or so many of it, is in stock",
    "compare_products": "compares two or more products",
    "select_product": "chooses a product, perhaps with a quantity",
    "add_to_basket": "adds to what was chosen",
    "remove_from_basket": "takes something off what was chosen",
    "change_quantity": "changes how many pieces",
    "show_basket": "asks what was chosen so far, or for its total",
    "request_quote": "wants a written quotation",
    "resend_quote": "wants the quotation again",
    "ask_order_status": "asks where an order is",
    "objection": "finds it too expensive, asks for a discount, bargains",
    "accept": "says yes, agrees, or confirms the order",
    "reject": "says no",
    "correct": "corrects what was understood",
    "give_details": "tells name, company, e-mail, city or tax number",
    "cancel": "wants to stop or start over",
    "greet": "greets",
    "thanks": "thanks",
    "goodbye": "takes leave",
    "ask_bot": "asks whether this is a robot",
    "ask_others_data": "asks for data of other customers: numbers, orders, prices paid",
    "ask_person": "wants to talk to a person",
    "opt_out": "wants no more messages",
    "faq_delivery": "asks about delivery",
    "faq_warranty": "asks about the warranty",
    "faq_payment": "asks about ways to pay",
    "faq_location": "asks where the showroom is",
    "faq_hours": "asks for opening hours",
    "faq_returns": "asks about returning goods",
    "faq_installation": "asks about assembly or installation",
    "faq_vat": "asks about VAT",
    "faq_samples": "asks for samples",
    "faq_customisation": "asks for custom sizes, colours or logos",
}
