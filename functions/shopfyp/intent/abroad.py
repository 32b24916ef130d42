"""Queries in other languages than English, whose words look like English ones."""

from shopfyp.intent.vocabulary import WORD
from shopfyp.intent.words import FOREIGN, FOREIGN_TOO, RELATIONS, STOPWORDS


def foreign_words(query: str) -> list[tuple[int, int]]:
    """Where a query in another language says "for", "my" and the like; nowhere if it is English.

    Two such words tell, of which one is in no English text, or one with an accent; but not beside
    as many English ones.
    """
    words = [(match[0].lower(), match.span()) for match in WORD.finditer(query)]
    found = [(word, span) for word, span in words if word in FOREIGN | FOREIGN_TOO]
    certain = [word for word, _ in found if word in FOREIGN]
    english = sum(word in STOPWORDS or word in RELATIONS for word, _ in words)
    tells = len(found) > 1 or any(not word.isascii() for word in certain)
    return [span for _, span in found] if certain and tells and len(found) > english else []
