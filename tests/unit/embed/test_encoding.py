"""Every engine gives the same vectors, for a text alone or in any company."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import ModelUnavailable
from pipeline.embed import encoding, on_cuda, on_openvino
from pipeline.embed.encoding import CUDA, OPENVINO, REFERENCE, Encoder, open_encoder
from pipeline.embed.manifest import Manifest, locate

CLOSE = 0.9999

TALK = (
    "We had one shelter in the county, and it was full every single night that winter.",
    "Honestly, nobody told us who to call.",
    "I'd say the training helped, but it came a year too late for most of the officers I work with.",
    "The hotel staff noticed first. They always do, they see who comes and goes, and they kept a notebook for us.",
    "No.",
    "What would have made the difference for her was one person, the same person, from the first day to the last.",
    "We share what we can, but the attorneys tell us we share too much and the advocates tell us too little.",
    "Transport. It is always transport.",
)  # fmt: skip
EDGES = (
    "",
    " \n\t ",
    "🙂",
    "Thank you 🙏🏽 so much, thank you 👩‍👩‍👧",
    "Señora Núñez said it at the café: “¿y ahora qué?”",
    "我们没有地方可去。",
    "[inaudible] and then [MASK] [SEP] [CLS]",
    "word " * 3000,
    "a" * 5000,
    "\x00\x07\u200b\ufeff",
)
WORDS = tuple(" ".join(TALK).split())
COMPANY = tuple(" ".join(WORDS[: 2 * n]) for n in range(1, 33)) + TALK


def cosines(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return np.einsum("nd,nd->n", ours.astype(np.float64), theirs.astype(np.float64))


@pytest.fixture(scope="module")
def together(encoder: Encoder) -> np.ndarray:
    """The vectors of all 40 texts of COMPANY, asked at once."""
    return encoder.encode(COMPANY)


def test_the_vectors_are_those_of_sentence_transformers(
    encoder: Encoder, encode_apart: Callable[[str, Sequence[str]], Any]
):
    """For talk, for text that stresses a tokeniser, and for text longer than the model reads; and in silence."""
    texts = TALK + EDGES + COMPANY[20:24]
    reference = encode_apart(REFERENCE, texts)
    assert cosines(encoder.encode(texts), reference.vectors).min() >= CLOSE
    assert reference.heard.network == []
    assert reference.heard.files == []
    assert reference.heard.screen == ""


def test_the_manner_of_speaking_is_the_same_model_stopped_half_way(
    manifest: Manifest, encoder: Encoder, encode_apart: Callable[..., Any], tmp_path: Path
):
    """By two ways of stopping: a graph built of fewer layers, and layers taken from the reference."""
    assert manifest.manner
    manner = open_encoder(manifest.manner, engine=OPENVINO, cache_dir=tmp_path)
    reference = encode_apart(REFERENCE, TALK + EDGES, manner=True)
    assert cosines(manner.encode(TALK + EDGES), reference.vectors).min() >= CLOSE
    assert cosines(manner.encode(TALK), encoder.encode(TALK)).max() < 0.5
    assert (manner.key, manner.dimension) == (f"{encoder.key}-3", encoder.dimension)


def test_a_vector_does_not_depend_on_what_is_asked_beside_it(encoder: Encoder, together: np.ndarray):
    alone = np.concatenate([encoder.encode([text]) for text in COMPANY])
    assert len(COMPANY) == 40
    assert cosines(together, alone).min() >= CLOSE


def test_the_same_texts_give_the_same_bits(encoder: Encoder, together: np.ndarray):
    assert together.tobytes() == encoder.encode(COMPANY).tobytes()


def test_vectors_come_in_the_order_of_the_texts(encoder: Encoder, together: np.ndarray):
    backwards = encoder.encode(COMPANY[:3:-1])
    assert cosines(together[4:], backwards[::-1]).min() >= CLOSE


def test_vectors_are_of_length_one_and_of_the_promised_shape(encoder: Encoder):
    vectors = encoder.encode(EDGES)
    assert (vectors.shape, vectors.dtype) == ((len(EDGES), encoder.dimension), np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_no_texts_give_no_vectors(encoder: Encoder):
    assert encoder.encode([]).shape == (0, 384)


def test_progress_hears_how_many_are_done(encoder: Encoder):
    heard: list[int] = []
    encoder.encode(COMPANY, heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == len(COMPANY)


def test_an_unknown_engine_is_answered_with_the_known_ones(manifest: Manifest, tmp_path: Path):
    with pytest.raises(ModelUnavailable, match=r"no engine 'fast'.*auto, torch-cuda\.v1, openvino-bf16\.v1"):
        open_encoder(manifest, engine="fast", cache_dir=tmp_path)


@given(st.lists(st.integers(2, 256), max_size=200))
def test_every_text_is_in_one_batch_with_texts_padded_alike(lengths: list[int]):
    batches = list(on_openvino._batches(lengths))
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) <= on_openvino.BATCH
        assert len({-(-lengths[place] // on_openvino.STEP) for place in batch}) == 1


def test_another_process_computes_the_same_bits_in_silence_and_without_torch(
    together: np.ndarray, encode_apart: Callable[[str, Sequence[str]], Any]
):
    """openvino's converter reports to its makers when it is imported: it must not be. Nothing is left in the home."""
    apart = encode_apart(OPENVINO, COMPANY)
    assert apart.vectors.tobytes() == together.tobytes()
    assert apart.heard.network == []
    assert apart.heard.files == []
    assert apart.heard.screen == ""
    assert apart.imported.isdisjoint({"torch", "transformers", "openvino_telemetry", "openvino.tools.ovc"})


def test_the_ear_of_these_tests_is_not_deaf(listen_to: Callable[[str], Any]):
    """An attempt from a forked child, as openvino's reports are sent, and a file in the home are both noticed."""
    heard = listen_to("""
import multiprocessing, pathlib, urllib.request
def report():
    try: urllib.request.urlopen("http://telemetry.invalid")
    except OSError: pass
child = multiprocessing.get_context("fork").Process(target=report)
child.start(); child.join()
pathlib.Path.home().joinpath("id").touch()
""")
    assert heard.network == ["socket.getaddrinfo"]
    assert heard.files == ["id"]


def test_a_processor_without_bfloat16_gives_the_same_vectors(
    manifest: Manifest, together: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(on_openvino, "_precision", lambda core: "f32")
    plain = open_encoder(manifest, engine=OPENVINO, cache_dir=tmp_path, threads=1)
    assert cosines(plain.encode(COMPANY[-12:]), together[-12:]).min() >= CLOSE


@pytest.mark.parametrize(
    ("gpu", "openvino", "expected"), [(True, True, CUDA), (False, True, OPENVINO), (False, False, REFERENCE)]
)
def test_auto_takes_the_fastest_engine_that_runs_here(
    manifest: Manifest, monkeypatch: pytest.MonkeyPatch, *, gpu: bool, openvino: bool, expected: str
):
    monkeypatch.setattr(on_cuda, "available", lambda: gpu)
    monkeypatch.setattr(on_openvino, "available", lambda: openvino)
    assert encoding._fastest(locate(manifest)) == expected


@pytest.mark.parametrize(("engine", "part"), [(CUDA, on_cuda), (OPENVINO, on_openvino)])
def test_an_engine_that_cannot_run_here_says_what_to_choose(
    manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, part: Any
):
    monkeypatch.setattr(part, "available", lambda: False)
    with pytest.raises(ModelUnavailable, match='Choose engine = "auto"'):
        open_encoder(manifest, engine=engine, cache_dir=tmp_path)
