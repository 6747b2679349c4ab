"""The routes of Inventory v1 and Books v3 over one ledger."""

from __future__ import annotations

import base64
from collections.abc import Callable

from sandbox.zoho.finance.bodies import Record, find_by, invalid, read_body
from sandbox.zoho.finance.books import CURRENCY, VAT
from sandbox.zoho.finance.documents import Documents
from sandbox.zoho.finance.items import sort_column
from sandbox.zoho.finance.paging import page_number, page_reply
from sandbox.zoho.finance.pdf import one_page_pdf
from sandbox.zoho.replies import Asked, FinanceRefusal, Reply
from sandbox.zoho.router import Router, Scope
from sandbox.zoho.standin import ZohoStandIn

_MAX_PDF_DOCUMENTS = 25
# one transparent pixel
_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class FinanceApi:
    """One product's table of routes."""

    def __init__(self, standin: ZohoStandIn, product: str) -> None:
        self._knobs = standin.knobs
        self._ledger = standin.ledger
        self._is_books = product == "books"
        self._service = "ZohoBooks" if self._is_books else "ZohoInventory"
        self.router = Router()
        self._add_settings()
        self._add_items()
        self._add_contacts()
        self._add_documents(self._ledger.sales_orders)
        if self._is_books:
            # Inventory's documentation has no estimates (zoho.md §0)
            self._add_pdf()
            self._add_documents(self._ledger.estimates)

    def _scope(self, group: str, operation: str) -> Scope:
        return Scope(self._service, group, operation)

    def _add_settings(self) -> None:
        ledger, read = self._ledger, self._scope("settings", "READ")

        def one(_asked: Asked, organization_id: str) -> Reply:
            organization = ledger.organization()
            if organization_id != organization["organization_id"]:
                raise FinanceRefusal(404, 1002, "Organization does not exist.")
            return _success("organization", organization)

        self.router.add(
            "GET", "organizations", lambda _asked: _success("organizations", [ledger.organization()]), read
        )
        self.router.add("GET", "organizations/*", one, read)
        self.router.add("GET", "settings/currencies", lambda _asked: _success("currencies", [CURRENCY]), read)
        self.router.add("GET", "settings/taxes", lambda _asked: _success("taxes", [VAT]), read)

    def _add_items(self) -> None:
        items, knobs = self._ledger.items, self._knobs

        def listing(asked: Asked) -> Reply:
            # Books documents no filter by last_modified_time for items
            honoured = knobs.items_honour_last_modified_time and not self._is_books
            found = items.listed(asked.query, honour_modified_time=honoured)
            reply = self._page("items", "Items", list(found), asked, sort_column(asked.query))
            items.page_was_answered(page_number(asked.query))
            return reply

        def details(asked: Asked) -> Reply:
            wanted = [item_id for item_id in asked.query.get("item_ids", "").split(",") if item_id]
            if not wanted:
                raise invalid("item_ids")
            return _success("items", [dict(item) for item in items.chosen(wanted)])

        def one(_asked: Asked, item_id: str) -> Reply:
            return _success("item", dict(items.get(item_id)))

        def image(_asked: Asked, item_id: str) -> Reply:
            if not items.get(item_id)["image_name"]:
                raise FinanceRefusal(404, 1002, "Image does not exist.")
            return Reply(content=_PICTURE, content_type="image/png")

        read = self._scope("items", "READ")
        self.router.add("GET", "items", listing, read)
        self.router.add("GET", "itemdetails", details, read)
        self.router.add("GET", "items/*", one, read)
        self.router.add("GET", "items/*/image", image, read)

    def _add_contacts(self) -> None:
        contacts = self._ledger.contacts

        def listing(asked: Asked) -> Reply:
            return self._page("contacts", "Contacts", contacts.listed(asked.query), asked, "contact_name")

        def create(asked: Asked) -> Reply:
            made = dict(contacts.create(read_body(asked)))
            return _success("contact", made, 201, "The contact has been created.")

        def one(_asked: Asked, contact_id: str) -> Reply:
            return _success("contact", dict(contacts.get(contact_id)))

        def update(asked: Asked, contact_id: str) -> Reply:
            changed = dict(contacts.update(contact_id, read_body(asked)))
            return _success("contact", changed, message="The contact has been updated.")

        def upsert(asked: Asked) -> Reply:
            key, value = self._unique_identifier(asked, "contacts")
            found = find_by(contacts.all, key, value)
            if found is not None:
                return update(asked, str(found["contact_id"]))
            _may_create(asked, "Contact")
            return create(asked)

        self._add_record_routes("contacts", listing, create, one, update, upsert)

    def _add_documents(self, documents: Documents) -> None:
        kind = documents.kind

        def listing(asked: Asked) -> Reply:
            honoured = self._is_books or self._knobs.inventory_honours_reference_number
            found = documents.listed(asked.query, honour_reference=honoured)
            return self._page(kind.plural, f"{kind.title}s", found, asked, "created_time")

        def create(asked: Asked) -> Reply:
            made = documents.create(
                read_body(asked),
                own_number=asked.query.get("ignore_auto_number_generation") == "true",
                sent=kind.singular == "estimate" and asked.query.get("send") == "true",
            )
            key = self._knobs.salesorder_key if kind.singular == "salesorder" else kind.singular
            return _success(key, self._shown(made), 201, f"The {kind.title.lower()} has been created")

        def one(asked: Asked, document_id: str) -> Reply:
            document = documents.get(document_id)
            if self._is_books and _wants_pdf(asked):
                return _pdf([document], documents)
            return _success(kind.singular, self._shown(document))

        def update(asked: Asked, document_id: str) -> Reply:
            changed = documents.update(document_id, read_body(asked))
            return _success(
                kind.singular, self._shown(changed), message=f"The {kind.title.lower()} has been updated"
            )

        def upsert(asked: Asked) -> Reply:
            key, value = self._unique_identifier(asked, kind.plural)
            found = find_by(documents.all, key, value)
            if found is not None:
                return update(asked, str(found[f"{kind.singular}_id"]))
            _may_create(asked, kind.title)
            return create(asked)

        def move(_asked: Asked, document_id: str, state: str) -> Reply:
            documents.move(document_id, self._state(kind.singular, state))
            return Reply(
                {"code": 0, "message": f"{kind.title} status has been changed to '{state.capitalize()}'."}
            )

        self._add_record_routes(kind.plural, listing, create, one, update, upsert)
        self.router.add("POST", f"{kind.plural}/*/status/*", move, self._scope(kind.plural, "CREATE"))

    def _add_record_routes(
        self,
        plural: str,
        listing: Callable[[Asked], Reply],
        create: Callable[[Asked], Reply],
        one: Callable[[Asked, str], Reply],
        update: Callable[[Asked, str], Reply],
        upsert: Callable[[Asked], Reply],
    ) -> None:
        self.router.add("GET", plural, listing, self._scope(plural, "READ"))
        self.router.add("POST", plural, create, self._scope(plural, "CREATE"))
        if self._is_books:
            # upsert by X-Unique-Identifier is documented for Books only
            self.router.add("PUT", plural, upsert, self._scope(plural, "UPDATE"))
        self.router.add("GET", f"{plural}/*", one, self._scope(plural, "READ"))
        self.router.add("PUT", f"{plural}/*", update, self._scope(plural, "UPDATE"))

    def _add_pdf(self) -> None:
        estimates = self._ledger.estimates

        def bulk(asked: Asked) -> Reply:
            wanted = [part for part in asked.query.get("estimate_ids", "").split(",") if part]
            if not 0 < len(wanted) <= _MAX_PDF_DOCUMENTS:
                raise invalid("estimate_ids")
            return _pdf([estimates.get(estimate_id) for estimate_id in wanted], estimates)

        # added before `estimates/*`, whose open part would take the word for an id
        self.router.add("GET", "estimates/pdf", bulk, self._scope("estimates", "READ"))

    def _state(self, singular: str, word: str) -> str:
        """The state that a path names: Books says "open" where Inventory says "confirmed"."""
        if self._is_books and singular == "salesorder" and word in {"open", "confirmed"}:
            return "confirmed" if word == "open" else "unknown to Books"
        return word

    def _shown(self, document: Record) -> Record:
        shown = dict(document)
        if self._is_books and "salesorder_id" in document and document["status"] == "confirmed":
            shown["status"] = "open"
        return shown

    def _page(self, name: str, title: str, records: list[Record], asked: Asked, column: str) -> Reply:
        shown = [self._shown(record) for record in records]
        as_list = self._knobs.page_context_as_list
        return Reply(page_reply(name, title, shown, asked.query, sorted_by=column, as_list=as_list))

    def _unique_identifier(self, asked: Asked, plural: str) -> tuple[str, str]:
        key = asked.headers.get("x-unique-identifier-key", "")
        value = asked.headers.get("x-unique-identifier-value", "")
        if key not in self._knobs.finance_unique_fields.get(plural, []):
            raise invalid("X-Unique-Identifier-Key")
        if not value:
            raise invalid("X-Unique-Identifier-Value")
        return key, value


def _success(name: str, value: object, status: int = 200, message: str = "success") -> Reply:
    return Reply({"code": 0, "message": message, name: value}, status)


def _may_create(asked: Asked, title: str) -> None:
    if asked.headers.get("x-upsert", "").lower() != "true":
        raise FinanceRefusal(404, 1002, f"{title} does not exist.")


def _wants_pdf(asked: Asked) -> bool:
    return (
        asked.query.get("accept") == "pdf"
        or asked.query.get("print") == "true"
        or asked.headers.get("accept", "").startswith("application/pdf")
    )


def _pdf(found: list[Record], documents: Documents) -> Reply:
    lines = [
        f"{documents.kind.title} {document[documents.number_field]}  AED {document['total']}"
        for document in found
    ]
    return Reply(content=one_page_pdf(lines), content_type="application/pdf")
