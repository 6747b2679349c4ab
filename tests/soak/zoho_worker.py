"""One process of the soak: calls Zoho through Majlis' own client until the time is over.

Prints one JSON object: how many seconds each answer took, and the errors by kind.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

import structlog

from app.settings import read_settings
from app.zoho import open_zoho
from connectors.zoho.errors import ZohoError
from connectors.zoho.inventory import InventoryClient
from connectors.zoho.session import Pace
from storage.pool import create_engine


async def caller(
    inventory: InventoryClient, order: Mapping[str, Any], took: list[float], errors: Counter[str]
) -> None:
    """Call again and again, after a pause of `mean_pause_seconds` on average."""
    until = time.monotonic() + order["seconds"]
    while True:
        if order["mean_pause_seconds"]:
            await asyncio.sleep(random.expovariate(1 / order["mean_pause_seconds"]))
        began = time.monotonic()
        if began > until:
            return
        try:
            await inventory.items_page(1, per_page=1)
            took.append(time.monotonic() - began)
        except ZohoError as error:
            errors[f"{type(error).__name__} {error.code}"] += 1


async def main(settings: Mapping[str, Any], order: Mapping[str, Any]) -> None:
    """All callers of this process."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    read = read_settings(settings)
    engine = create_engine(read.database_url, test_clock=False)
    zoho = open_zoho(read, engine)
    pace = Pace(live=order["live"], patience_seconds=order["patience_seconds"])
    took: list[float] = []
    errors: Counter[str] = Counter()
    try:
        inventory = zoho.inventory.at(pace)
        await asyncio.gather(*(caller(inventory, order, took, errors) for _ in range(order["callers"])))
    finally:
        await zoho.close()
        await engine.dispose()
    print(json.dumps({"took": took, "errors": errors}))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1]), json.loads(sys.argv[2])))
