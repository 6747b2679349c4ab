"""The seller's facts for every process that needs them, checked before it serves anybody."""

from __future__ import annotations

from pathlib import Path

from app.errors import StartError
from app.settings import PROJECT_ROOT
from sales.seller import Seller, SellerError, read_seller

SELLER_FILE = PROJECT_ROOT / "data" / "seller.yml"


class SellerUnfit(StartError):
    """`data/seller.yml` is wrong or incomplete; the message names each field and how to mend it."""


def load_seller(path: Path = SELLER_FILE) -> Seller:
    """The seller.

    Raises:
        SellerUnfit: with every wrong field in one message.
    """
    try:
        return read_seller(path)
    except SellerError as error:
        raise SellerUnfit(str(error)) from None
