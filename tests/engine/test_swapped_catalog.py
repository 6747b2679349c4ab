"""The same engine with a catalog it has never seen: lighting and computers instead of furniture.

Each line has a furniture twin. Behind the catalog step both must look the same to the featurizers, word
for word: then the classifier cannot tell the catalogs apart, and understands this one as well as that one.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from engine.catalog_entities import CatalogEntities
from engine.matching import Vocabulary
from engine.normaliser import normalise
from engine.vocabulary import VocabularyLoader, build_vocabulary, read_snapshot

FURNITURE = build_vocabulary(read_snapshot())
LIGHTING_AND_IT = build_vocabulary(
    json.loads(Path(__file__).with_name("lighting_and_it.json").read_text(encoding="utf-8"))
)
_TOKENIZER = WhitespaceTokenizer.create(
    WhitespaceTokenizer.get_default_config(), None, Resource("test"), ExecutionContext(GraphSchema({}))
)


_LOADER = VocabularyLoader(database_url=None)


def _parse(text: str, vocabulary: Vocabulary) -> Message:
    _LOADER.current = vocabulary
    return CatalogEntities(_LOADER).process(_TOKENIZER.process([Message({TEXT: normalise(text)})]))[0]


def _facts(message: Message) -> list[str]:
    return sorted(
        f"{entity['entity']}={entity['value']}" + (f"@{entity['group']}" if "group" in entity else "")
        for entity in message.get(ENTITIES)
    )


def _seen(message: Message) -> list[str]:
    return [token.lemma for token in message.get(TOKENS_NAMES[TEXT])]


# The line, its furniture twin, and what is found in the line.
LINES = [
    # English
    ("do you have laptops", "do you have chairs", "category=laptop"),
    ("20 pendant lights in brass", "20 meeting tables in oak",
     "quantity=20; category=pendant light; color=brass"),
    ("I need spot lights under 50 AED", "I need office chairs under 50 AED",
     "category=spotlight; max_price=50"),
    ("black keyboards please", "black desks please", "color=black; category=keyboard"),
    ("any HP printers?", "any Milvano sofas?", "brand=HP; category=printer"),
    ("not gold, silver", "not black, white", "not_color=gold; color=silver"),
    ("a chandelier in crystal, not glass", "a table in wood, not glass",
     "category=chandelier; material=crystal; not_material=glass"),
    ("how much is LP-2001", "how much is CH-1005", "sku=LP-2001"),
    ("price of pd 310 br", "price of ch 1005", "sku=PD-310-BR"),
    ("compare LP-2001 and 2002", "compare CH-1001 and 1002", "sku=LP-2001; sku=LP-2002"),
    ("cheapest monitor you have", "cheapest desk you have", "order=cheapest; category=monitor"),
    ("anything but Dell", "anything but Milvano", "not_brand=Dell"),
    ("labtop and dockng station", "chiar and meetng table", "category=laptop@1; category=docking station@2"),
    ("10 monitors and 10 headphones", "10 desks and 10 couches",
     "quantity=10@1; category=monitor@1; quantity=10@2; category=headset@2"),
    # Gulf Arabic
    ("عندكم لابتوبات؟", "عندكم كراسي؟", "category=laptop"),
    ("ابي ثريات ذهبية", "ابي كنبات رمادية", "category=chandelier; color=gold"),
    ("بكم الطابعة", "بكم الطاولة", "category=printer"),
    ("ابغى عشر سبوتات بيض تحت ٥٠ درهم", "ابغى عشر كراسي بيض تحت ٥٠ درهم",
     "quantity=10; category=spotlight; color=white; max_price=50"),
    ("شاشتين سودا", "طاولتين سودا", "category=monitor; quantity=2; color=black"),
    ("ارخص راوتر عندكم", "ارخص كرسي عندكم", "order=cheapest; category=router"),
    ("ابي اضاءة معلقة مو زجاج", "ابي طاولة اجتماعات مو زجاج", "category=pendant light; not_material=glass"),
    ("سماعات لوجيتك", "كراسي ميلفانو", "category=headset; brand=Logitech"),
    ("١٠ لابتوبات و١٠ شاشات", "١٠ كراسي و١٠ مكاتب",
     "quantity=10@1; category=laptop@1; quantity=10@2; category=monitor@2"),
    ("كم سعر الLP-2001", "كم سعر الCH-1005", "sku=LP-2001"),
    ("طابعاتكم متوفرة؟", "كراسيكم متوفرة؟", "category=printer"),
    ("ابي كيبورد وماوس", "ابي كرسي ومكتب", "category=keyboard@1; category=mouse@2"),
    ("نبي نجف كريستال", "نبي كنب جلد", "category=chandelier; material=crystal"),
    # Arabizi
    ("3indkum laptopat?", "3indkum karasi?", "category=laptop"),
    ("abi shashat aswad", "abi makatib aswad", "category=monitor; color=black"),
    ("bkam el tab3a", "bkam el tawla", "category=printer"),
    ("abi thurayat thahabi", "abi kanabat ramadi", "category=chandelier; color=gold"),
    ("spotat abyad ta7t 50", "karasi abyad ta7t 50", "category=spotlight; color=white; max_price=50"),
    ("ar5as rawter", "ar5as maktab", "order=cheapest; category=router"),
    ("abi sama3at mo plastik", "abi karasi mo plastik", "category=headset; not_material=plastic"),
    ("lambat led law sama7t", "karasi maktab law sama7t", "category=bulb"),
    ("abi lamba m3alga zojaj", "abi tawlat ijtima3 zojaj", "category=pendant light; material=glass"),
    # Mixed
    ("ابي laptops تحت 3000", "ابي chairs تحت 3000", "category=laptop; max_price=3000"),
    ("عندكم docking station؟", "عندكم meeting table؟", "category=docking station"),
    ("بكم ال pendant light", "بكم ال meeting table", "category=pendant light"),
    ("show me شاشات Dell", "show me كراسي Milvano", "category=monitor; brand=Dell"),
    ("LED strip لون warm white", "coffee table لون black", "category=LED strip; color=warm white"),
    ("ابي ٥ keyboards سود", "ابي ٥ sofas سود", "quantity=5; category=keyboard; color=black"),
    ("PR-500 متوفر؟", "CH-1005 متوفر؟", "sku=PR-500"),
    ("headset مب plastic", "chair مب plastic", "category=headset; not_material=plastic"),
    ("need ثريا gold for the villa", "need كنبة grey for the villa",
     "category=chandelier; color=gold; query=villa"),
    ("cheaper من HP", "cheaper من Milvano", "relation=cheaper; brand=HP"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "twin", "facts"), LINES)
def test_a_new_catalog_is_read_and_looks_like_the_old_one(text: str, twin: str, facts: str) -> None:
    message = _parse(text, LIGHTING_AND_IT)
    assert _facts(message) == sorted(facts.split("; "))
    assert _seen(message) == _seen(_parse(twin, FURNITURE))


@pytest.mark.parametrize("text", [twin for _, twin, _ in LINES])
def test_what_the_new_catalog_does_not_have_is_not_found(text: str) -> None:
    kinds = {"category", "not_category", "brand", "not_brand", "sku"}
    assert not [entity for entity in _parse(text, LIGHTING_AND_IT).get(ENTITIES) if entity["entity"] in kinds]
