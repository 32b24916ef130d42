"""What a query says beyond its words: slots, and how well products suit them.

`parse` reads a query by rules and the catalogue's own vocabulary; `suits` gives products a factor.
"""

from shopfyp.intent.fitting import UNKNOWN_AGE, age_range_of, mentions, suits
from shopfyp.intent.parsing import parse
from shopfyp.intent.slots import Intent, Slot, SlotName
from shopfyp.intent.vocabulary import Vocabulary

__all__ = [
    "UNKNOWN_AGE",
    "Intent",
    "Slot",
    "SlotName",
    "Vocabulary",
    "age_range_of",
    "mentions",
    "parse",
    "suits",
]
