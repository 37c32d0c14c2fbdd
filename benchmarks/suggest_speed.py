"""The suggest stage against BERTopic with the same encoder on the same segments: fresh processes, by turns.

    python -m benchmarks.suggest_speed [--study DIR] [--words 32000] [--rounds 5]

Needs the optional extra `peers`. The first focus groups of the study that make up so many words are prepared once.
Then both start from text: Polyvocal reads the segments from its database, embeds, groups, names and freezes them;
BERTopic is used as its documentation opens, with all-MiniLM-L6-v2 from the same files. Imports and loading the model
count.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.coded_talk import CORPORA, ROOT
from benchmarks.fresh_process import Cost, run_fresh

STUDY: Final = CORPORA / "serdif_usability"
TEXTS: Final = "texts.json"
MODEL: Final = ROOT / "models" / "all-minilm-l6-v2.toml"


def main() -> None:
    """Measure and print; or, in a process of its own, do one of the two."""
    wanted = _arguments()
    if wanted.ours:
        _ours(wanted.study, wanted.ours)
    elif wanted.theirs:
        _theirs(wanted.theirs)
    else:
        with tempfile.TemporaryDirectory(prefix="polyvocal-speed-") as place:
            _compared(wanted, Path(place))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=Path, default=STUDY)
    parser.add_argument("--words", type=int, default=32_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--theirs", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _compared(wanted: argparse.Namespace, place: Path) -> None:
    texts = _prepared(wanted.study, place / "home", wanted.words)
    (place / TEXTS).write_text(json.dumps(texts), encoding="utf-8")
    words = sum(len(text.split()) for text in texts)
    _say(f"{words:,} words of participants in {len(texts):,} segments of {wanted.study.name}, {wanted.rounds} rounds")
    pairs = list(_rounds(wanted, place))
    _say(f"{'median of':16}{'seconds':>10}{'of processor':>14}{'peak MB':>10}  found")
    for name, costs in zip(("Polyvocal", "BERTopic"), zip(*pairs, strict=True), strict=True):
        clock, processor, peak = (
            median(getattr(cost, part) for cost in costs) for part in ("clock", "processor", "peak_mb")
        )
        _say(f"{name:16}{clock:>10.1f}{processor:>14.1f}{peak:>10,.0f}  {costs[-1].said}")
    for part, what in (("clock", "of its time"), ("processor", "of its processor time")):
        shares = [getattr(ours, part) / getattr(theirs, part) for ours, theirs in pairs]
        _say(f"Polyvocal takes {median(shares):.2f} {what} (from {min(shares):.2f} to {max(shares):.2f})")


def _prepared(study: Path, home: Path, words: int) -> list[str]:
    """The first focus groups brought past checkpoint 1 in `home`; answers their segments that are clustered."""
    from pipeline.bootstrap import open_workplace
    from pipeline.work import deciding
    from pipeline.work.prepare import prepare
    from pipeline.work.talk import talk
    from pipeline.work.workplace import TRANSCRIPTS

    texts: list[str] = []
    with open_workplace(study, home=home) as work:
        for group in work.study.groups:
            prepare(work, only=[group.id])
            texts = [said.excerpt for said in talk(work).codable]
            if sum(len(text.split()) for text in texts) >= words:
                break
        deciding.approve(work, TRANSCRIPTS, "speed")
    return texts


def _rounds(wanted: argparse.Namespace, place: Path) -> Iterator[tuple[Cost, Cost]]:
    """Costs of ours and theirs per round."""
    for turn in range(wanted.rounds):
        home = place / f"home-{turn}"
        shutil.copytree(place / "home", home)
        ours = run_fresh("benchmarks.suggest_speed", "--study", str(wanted.study), "--ours", str(home))
        theirs = run_fresh("benchmarks.suggest_speed", "--theirs", str(place / TEXTS))
        _say(f"round {turn + 1}: {ours.clock:.1f} s and {theirs.clock:.1f} s")
        yield ours, theirs


def _ours(study: Path, home: Path) -> None:
    """The stage, under the key of a model whose vectors nobody has stored yet."""
    from pipeline.bootstrap import open_workplace
    from pipeline.work.suggesting import suggest

    with open_workplace(study, home=home) as work:
        summary = suggest(replace(work, meaning=replace(work.meaning, key=f"{work.meaning.key}, anew"))).summary
    _say(f"{summary['candidates']} candidates, {summary['unclear']} segments unclear")


def _theirs(texts: Path) -> None:
    from bertopic import BERTopic
    from sentence_transformers import SentenceTransformer

    from pipeline.embed.manifest import load_manifest, locate

    encoder = SentenceTransformer(str(locate(load_manifest(MODEL))))
    topics, _ = BERTopic(embedding_model=encoder).fit_transform(json.loads(texts.read_text(encoding="utf-8")))
    _say(f"{len(set(topics) - {-1})} topics, {topics.count(-1)} segments in none")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
