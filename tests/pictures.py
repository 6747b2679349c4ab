"""`make pictures`: the pictures of README and docs, from a sandbox of its own and a report's made-up week.

Each is looked at before it is committed: what a picture shows is not tested. They are kept below 150 KB.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
from pathlib import Path

import httpx
from PIL import Image
from playwright.async_api import Page, expect
from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

from app.embedded_postgres import EmbeddedPostgres
from app.migrate import migrate
from app.model import ensure_model
from app.report import count
from app.sandbox_stack import QUICK, started
from app.settings import PROJECT_ROOT
from quality.report_page import render
from storage.pool import create_engine
from tests.browser.browser_support import DESK, PHONE, look, opened, write
from tests.integration.report_support import last_week
from tests.integration.report_week import busy_week
from tests.support import Database

PICTURES = PROJECT_ROOT / "docs" / "images"
LARGEST_BYTES = 150_000
A_MINUTE = 60_000.0
# A report is read from its top: the funnel, and how fast customers were answered.
REPORT_SIZE = (1200, 1000)
PDF_SCALE = 1.2

# What the customer writes, and words of the answer that is waited for.
ENGLISH = {
    "I need office chairs, black, under 500 AED": "Which one suits you?",
    "the first one, 4 pieces": "Noted, quantity 4",
    "send me a quote": "company's name",
    "Ahmed from Al Noor Trading LLC, ahmed@alnoor.ae": "Here is your quote",
}
ARABIC = {
    "ابا كراسي مكتب سودا تحت ٩٠٠": "أي واحد يناسبك؟",
    "الاول حبتين": "سجلت لك العدد 2",
    "طرش لي عرض سعر": "شو اسم الشركة؟",
    "معاك خالد من شركة الواحة khalid@alwaha.ae": "هذا عرض السعر",
}


async def talk(page: Page, number: str, name: str, words: dict[str, str]) -> None:
    """A new customer's whole way to the quote, typed into the phone page."""
    await page.get_by_label("Phone number", exact=True).fill(number)
    await page.get_by_label("Name").fill(name)
    await page.get_by_role("button", name="Open chat").click()
    for text, answer in words.items():
        await write(page, text)
        await expect(page.locator("#bubbles")).to_contain_text(answer, timeout=A_MINUTE)
    await expect(page.locator("#bubbles")).to_contain_text(".pdf", timeout=A_MINUTE)
    # Read by the customer, so the ticks are blue.
    await page.wait_for_load_state("networkidle")


async def quote_of(client: httpx.AsyncClient, number: str) -> bytes:
    """The PDF that this customer was sent."""
    answer = await client.get("/control/messages", params={"chat_id": number, "direction": "out"})
    address = next(message["content_uri"] for message in answer.json()["messages"] if message["content_uri"])
    return (await client.get(address)).raise_for_status().content


def keep(picture: Image.Image, name: str) -> None:
    """Flat colours fit a palette, which makes the file a third as large."""
    picture.convert("RGB").quantize(128).save(PICTURES / name, optimize=True)


async def shoot(page: Page, name: str) -> None:
    """What the window shows, to its last bubble."""
    await page.evaluate("document.getElementById('scroll')?.scrollTo(0, 1e6)")
    keep(Image.open(io.BytesIO(await page.screenshot())), name)


async def pictures_of_chats(folder: Path) -> None:
    model = await asyncio.to_thread(ensure_model, PROJECT_ROOT / ".majlis", print)
    async with started(folder / "home", {**QUICK, "MAJLIS_MODEL": str(model)}, print) as stack:
        url = stack.addresses.sandbox_url
        async with opened(url, DESK) as page:
            await talk(page, "971501234567", "Aisha", ENGLISH)
            await shoot(page, "phone-page.png")
            await talk(page, "971507654321", "خالد", ARABIC)
        async with opened(url, PHONE) as page:
            await look(page, PHONE, "Chats")
            await page.get_by_role("button", name="خالد").click()
            await expect(page.locator("#bubbles")).to_contain_text(".pdf", timeout=A_MINUTE)
            await shoot(page, "phone-arabic.png")
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            quote = PdfDocument(await quote_of(client, "971507654321"))
            page_one = quote[0].render(scale=PDF_SCALE).to_pil()
            # The rest of a page with one line is white.
            keep(page_one.crop((0, 0, page_one.width, page_one.height // 2)), "quote.png")


async def picture_of_the_report(folder: Path) -> None:
    with EmbeddedPostgres(folder / "postgres", log_file=folder / "postgres.log") as server:
        migrate(server.url)
        engine = create_engine(server.url, test_clock=True)
        db = Database(server.url, engine)
        week = await last_week(db)
        await busy_week(db, week)
        async with engine.begin() as connection:
            page_text = render(await count(connection, week, "Dar Al Maktab Office Furniture", manager=""))
        await engine.dispose()
    file = folder / "report.html"
    file.write_text(page_text, encoding="utf-8")
    async with opened(file.as_uri(), REPORT_SIZE) as page:
        await shoot(page, "report.png")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        await picture_of_the_report(Path(folder))
        await pictures_of_chats(Path(folder))
    for path in sorted(PICTURES.glob("*.png")):
        size = path.stat().st_size
        print(f"{path.relative_to(PROJECT_ROOT)}: {size // 1000} KB{' TOO LARGE' * (size > LARGEST_BYTES)}")


if __name__ == "__main__":
    asyncio.run(main())
