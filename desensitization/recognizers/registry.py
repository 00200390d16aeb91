"""All recognizers, and Presidio's engine over them.

Lives here: the list and the engine without a language model (``NoOpNlpEngine``: nothing is downloaded).
Add here: a new recognizer's class.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from desensitization.recognizers.chinese import ChineseRecognizer
from desensitization.recognizers.cn_address import AddressRecognizer
from desensitization.recognizers.cn_bank_card import BankCardRecognizer
from desensitization.recognizers.cn_landline import LandlineRecognizer
from desensitization.recognizers.cn_mobile import MobileRecognizer
from desensitization.recognizers.cn_name import NameRecognizer
from desensitization.recognizers.cn_officer_id import OfficerIdRecognizer
from desensitization.recognizers.cn_plate import PlateRecognizer
from desensitization.recognizers.cn_property_certificate import PropertyCertificateRecognizer
from desensitization.recognizers.cn_resident_id import ResidentIdRecognizer
from desensitization.recognizers.cn_resident_id_15 import OldResidentIdRecognizer
from desensitization.recognizers.cn_resident_id_suspect import ResidentIdSuspectRecognizer
from desensitization.recognizers.cn_travel_document import TravelDocumentRecognizer
from desensitization.recognizers.cn_uscc import UsccRecognizer
from desensitization.recognizers.email import EmailRecognizer
from desensitization.recognizers.ip_address import IpAddressRecognizer
from desensitization.recognizers.mac_address import MacAddressRecognizer

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine

RECOGNIZERS: tuple[type[ChineseRecognizer], ...] = (
    ResidentIdRecognizer, ResidentIdSuspectRecognizer, OldResidentIdRecognizer, UsccRecognizer, MobileRecognizer,
    LandlineRecognizer, BankCardRecognizer, TravelDocumentRecognizer, PlateRecognizer, EmailRecognizer,
    IpAddressRecognizer, MacAddressRecognizer, NameRecognizer, AddressRecognizer, PropertyCertificateRecognizer,
    OfficerIdRecognizer,
)  # fmt: skip


@cache
def recognizers() -> tuple[ChineseRecognizer, ...]:
    """Return one of each."""
    return tuple(cls() for cls in RECOGNIZERS)


@cache
def engine() -> AnalyzerEngine:
    """Return Presidio's analyzer over exactly these recognizers."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    nlp = NoOpNlpEngine(models=[{"lang_code": "zh", "model_name": "none"}])
    nlp.load()
    registry = RecognizerRegistry(recognizers=list(recognizers()), supported_languages=["zh"])
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["zh"])
