"""What actions know without asking the database, and whom they may ask: prices now, a language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from actions.turn import House
from app.llm import open_model
from app.messages import OutboxMessages
from app.seller import load_seller
from app.settings import PROJECT_ROOT, Settings
from app.zoho import Zoho, open_zoho, zoho_is_configured
from catalog.kinds import read_kinds
from catalog.labels import read_labels
from catalog.live_price import PriceCheck, check_prices
from connectors.zoho.item_source import ZohoItemSource
from offscript.consultation import OffScript
from offscript.ports import LanguageModel
from offscript.token_storage import token_seal
from offscript.turn_records import ask_to_wait
from sales.links import link_key, sign
from storage.pool import create_engine


def read_house(public_address: str, internal_secret: str) -> House:
    """What the files in `data/` tell the actions, and how addresses of quotes are made.

    Raises:
        SellerUnfit: when `data/seller.yml` cannot be used.
    """
    vocabulary = PROJECT_ROOT / "data" / "vocabulary.yml"
    key = link_key(internal_secret)

    def quote_link(quote_id: int, expires_at: datetime) -> str:
        return public_address + sign(quote_id, expires_at, key)

    return House(load_seller(), read_labels(vocabulary), read_kinds(vocabulary), quote_link)


async def furnish(house: House, settings: Settings, opened: AsyncExitStack) -> House:
    """The house with what the settings configure: live prices, a model; closed with `opened`.

    Both get an engine of their own: a turn holds a connection while it waits for prices, and turns that
    waited for a second one from the same pool would wait for each other.
    """
    engine = create_engine(settings.database_url, test_clock=settings.majlis_test_clock)
    opened.push_async_callback(engine.dispose)
    if zoho_is_configured(settings):
        zoho = open_zoho(settings, engine)
        opened.push_async_callback(zoho.close)
        house = with_live_prices(house, engine, zoho)
    model = open_model(settings, engine)
    if model is not None:
        opened.push_async_callback(model.close)
        house = with_model(house, engine, model, settings.internal_secret.get_secret_value())
    return house


def with_live_prices(house: House, engine: AsyncEngine, zoho: Zoho) -> House:
    """The house with prices asked of Zoho, on an engine that no turn holds."""
    source = ZohoItemSource(zoho.inventory)

    async def check(skus: Sequence[str], minutes: float) -> Mapping[str, PriceCheck]:
        return await check_prices(engine, source, skus, older_than_minutes=minutes)

    return replace(house, check_prices=check)


def with_model(house: House, engine: AsyncEngine, model: LanguageModel, internal_secret: str) -> House:
    """The house with the off-script part."""
    messages = OutboxMessages(house.seller.messages)

    async def say_to_wait(conversation_id: int, turn_id: int) -> None:
        async with engine.begin() as connection:
            words = await messages.wording(connection, conversation_id, "patience", {})
            await ask_to_wait(connection, turn_id, words)

    off_script = OffScript(
        model=model,
        engine=engine,
        seal=token_seal(internal_secret),
        facts=house.seller,
        topics=tuple(house.seller.facts),
        kinds=house.kinds.phrases,
        vat_percent=house.seller.vat_percent,
        ask_to_wait=say_to_wait,
    )
    return replace(house, off_script=off_script)
