"""A made-up discussion of three topics, and an encoder that knows nothing but its words."""

import hashlib
from collections.abc import Sequence

import numpy as np

from pipeline.suggest.features import unit
from pipeline.suggest.material import Material

SHELTER = [
    "there are never enough shelter beds for the women who call us at night",
    "we keep a waiting list for shelter beds and it only gets longer",
    "a safe shelter bed is the first thing a survivor asks us for",
    "the shelter beds in our county were full again this whole winter",
    "without shelter beds she sleeps in her car or she goes back to him",
    "we drive two hours to find open shelter beds in another county",
]
TRAINING = [
    "police training never taught me to recognise forced labour on a farm",
    "the new officers need police training on how to interview a victim",
    "one hour of police training online does not change what officers do",
    "after the police training our patrol began to ask different questions",
    "we invite survivors to speak at police training for every new class",
    "good police training needs money that the department does not have",
]
COURT = [
    "the prosecutor dropped the court case because the witness was afraid",
    "a court case takes three years and by then the witness has moved away",
    "in the court case she had to tell her story to the judge four times",
    "the judge in our court case had never heard of a visa for witnesses",
    "nobody explains to a witness what happens next in the court case",
    "we lost the court case when the witness stopped answering her phone",
]
SPEAKERS = ("Maria", "Officer Diaz", "Jo")


def encode(texts: Sequence[str]) -> np.ndarray:
    """Unit vectors in which texts are near when they share words: each word has a direction of its own."""
    vectors = [sum(_direction(word) for word in text.lower().split()) for text in texts]
    return unit(np.array(vectors, dtype=np.float32))


def material(texts: Sequence[str], *, transcript: str = "t", questions: Sequence[str] | None = None) -> Material:
    """Texts said one after another in two groups by three speakers, each in a turn of its own."""
    count = len(texts)
    return Material(
        ids=tuple(f"{transcript}:{500 * place}-{500 * place + len(text)}" for place, text in enumerate(texts)),
        excerpts=tuple(texts),
        vectors=encode(texts),
        questions=tuple(questions or ["Q1"] * count),
        groups=tuple(f"group {place % 2 + 1}" for place in range(count)),
        speakers=tuple(SPEAKERS[place % 3] for place in range(count)),
        roles=tuple("advocate" if place % 3 == 0 else "" for place in range(count)),
        turns=tuple(f"{transcript}:{2 * place}" for place in range(count)),
    )


def discussion() -> Material:
    """All three topics, taking turns, at the length at which people speak."""
    return material([at_length(text) for said in zip(SHELTER, TRAINING, COURT, strict=True) for text in said])


def at_length(text: str) -> str:
    """The same thing said with as many words as people use."""
    return f"{text}, and that is what I would like to see change first of all if anybody were ever to ask me about it"


def unrelated(count: int, seed: int = 0) -> Material:
    """Segments that have nothing to do with one another."""
    talk = material([f"something else entirely, number {place}" for place in range(count)], transcript="u")
    vectors = np.random.default_rng(seed).normal(size=(count, 384)).astype(np.float32)
    fields = (talk.questions, talk.groups, talk.speakers, talk.roles, talk.turns)
    return Material(talk.ids, talk.excerpts, unit(vectors), *fields)


def _direction(word: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    drawn = np.random.default_rng(seed).normal(size=384)
    weight = 0.2 if len(word) < 5 else 1.0  # short words are mostly function words
    return weight * drawn / np.linalg.norm(drawn)
