"""A file dropped by mistake is taken out again, all of it, as long as nothing rests on it; else nothing is."""

from pathlib import Path

import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.domain.errors import DecisionRefused, NotReady
from pipeline.domain.segment import text_hash
from pipeline.work.deciding import approve, decide, waiting
from pipeline.work.embedding import embed
from pipeline.work.forgetting import forget
from pipeline.work.inbox import Scanned, scan
from pipeline.work.prepare import prepare
from pipeline.work.talk import talk
from pipeline.work.workplace import TRANSCRIPTS, Workplace, now
from tests.unit.work.test_second_thoughts import LATE, STUDY, desk, opened, work

__all__ = ["work"]

SHARED = "And nobody answers after five."
SECRET = "My sister's name must not be here."
ASKED = "Are we recording, Zebulon?"
MISTAKE = f"Moderator: {ASKED}\nDov: {SECRET}\nEve: {SHARED}\n"
ROUND = {"kind": "candidates", "coders": ["ana", "ben"], "codebook": 1}


def dropped(work: Workplace) -> None:
    (work.inbox / "minutes.txt").write_text(MISTAKE)
    assert scan(work).taken == ("minutes",)
    prepare(work)


def everything(work: Workplace) -> tuple[object, ...]:
    store, study = work.store, work.study.id
    groups = [item.group for item in store.transcripts.of_study(study)]
    return groups, store.segments.of_study(study), store.decisions.log(study), store.stages.newest(study)


def test_nothing_of_it_is_left_but_that_it_came_and_who_took_it_out(work: Workplace) -> None:
    before = talk(work)
    dropped(work)
    assert SECRET in {said.excerpt for said in talk(work).said}
    assert work.manner
    embed(work, [SECRET, SHARED], by=work.manner)

    done = forget(work, "minutes", "ana", "dropped by mistake")

    assert done.copies == (work.received / "minutes.txt",)
    assert done.scrubbed
    assert talk(work) == before
    hashes = [text_hash(said) for said in (SECRET, SHARED, ASKED)]
    for model in (work.meaning, work.manner):
        assert work.store.vectors.known(model.key, hashes) == {text_hash(SHARED)}, "north says that too"
    (aside,) = work.store.transcripts.refused("harbor")
    assert aside.filename == "minutes.txt"
    assert aside.reason == "ana took group minutes out of the study again: dropped by mistake"
    assert list(work.store.stages.latest("harbor", "prepare").summary["groups"]) == ["north"]
    assert not prepare(work).changed
    files = [path.read_bytes() for path in work.home.glob("study.db*")]
    assert len(files) > 1, "the log beside the database is looked at as well"
    assert not any(word.encode() in file for word in (SECRET, "Dov") for file in files)
    assert (work.received / "minutes.txt").read_text() == MISTAKE, "the file is left to people"


def test_what_is_left_waits_for_a_look_and_goes_on(work: Workplace) -> None:
    dropped(work)
    forget(work, "minutes", "ana")
    assert TRANSCRIPTS in waiting(work)
    approve(work, TRANSCRIPTS, "ana")
    assert TRANSCRIPTS not in waiting(work)


def test_the_same_file_may_come_again(work: Workplace) -> None:
    dropped(work)
    forget(work, "minutes", "ana")
    (work.inbox / "minutes.txt").write_text(MISTAKE)
    for message in work.store.outbox.pending("harbor"):
        work.store.outbox.sent(message.key, "2026-01-01T00:00:00+00:00", "run")
    assert scan(work) == Scanned(taken=("minutes",))
    assert [message.parameters["groups"] for message in work.store.outbox.pending("harbor")] == [["minutes"]]
    prepare(work)
    assert SECRET in {said.excerpt for said in talk(work).said}


def test_a_copy_is_known_by_what_it_holds_and_a_namesake_is_another(work: Workplace) -> None:
    (work.received).mkdir(exist_ok=True)
    (work.received / "minutes.txt").write_text("Ana: Another file of that name.")
    dropped(work)
    assert [path.name for path in forget(work, "minutes", "ana").copies] == ["minutes-2.txt"]


def test_who_reads_meanwhile_keeps_the_log_and_it_is_said(work: Workplace, tmp_path: Path) -> None:
    dropped(work)
    reader = opened(tmp_path)
    with reader.store.at_once():
        reader.store.transcripts.of_study("harbor")
        assert not forget(work, "minutes", "ana").scrubbed
    assert work.store.scrub()
    reader.store.close()


def test_what_is_not_prepared_yet_is_let_be_read_first(work: Workplace) -> None:
    (work.inbox / "minutes.txt").write_text(MISTAKE)
    scan(work)
    with pytest.raises(NotReady, match="`minutes` is still being read"):
        forget(work, "minutes", "ana")


def test_a_preparation_that_goes_on_does_not_bring_it_back(
    work: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody takes the group out when its preparation is done and not yet written down."""
    dropped(work)
    monkeypatch.setattr("pipeline.work.prepare.METHOD", "another")
    other = opened(tmp_path)
    written = work.store.atomically

    def atomically(*studies: str) -> object:
        monkeypatch.setattr(work.store, "atomically", written)
        forget(other, "minutes", "ana")
        return written(*studies)

    monkeypatch.setattr(work.store, "atomically", atomically)
    assert list(prepare(work).summary["groups"]) == ["north"]
    other.store.close()


def test_a_study_with_nothing_left_is_not_signed_off(work: Workplace, tmp_path: Path) -> None:
    """Nor is a file that came since and that nobody saw."""
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "study.toml").write_text(STUDY.partition("[[group]]")[0])
    study = opened(alone)
    dropped(study)
    forget(study, "minutes", "ana")
    (study.inbox / "other.txt").write_text(MISTAKE)
    scan(study)
    with pytest.raises(NotReady, match="no focus group has been prepared"):
        approve(study, TRANSCRIPTS, "ana")
    assert study.store.stages.latest("harbor", "prepare").summary["groups"] == {}
    study.store.close()


def test_nothing_is_told_or_taken_out_while_coders_are_blind(work: Workplace) -> None:
    dropped(work)
    decide(work, Draft("opened", "harbor", "jo", now(), Kind.ROUND, "r-blind", ROUND))
    with pytest.raises(DecisionRefused, match="Coders are at work blind"):
        forget(work, "minutes", "ana")


def test_what_people_signed_off_stays(work: Workplace) -> None:
    dropped(work)
    approve(work, TRANSCRIPTS, "ben")
    before = everything(work)
    with pytest.raises(DecisionRefused, match="ben signed `minutes` off at checkpoint `transcripts`"):
        forget(work, "minutes", "ana")
    assert everything(work) == before


def test_what_people_decided_about_stays(work: Workplace) -> None:
    dropped(work)
    decide(work, desk(work).speaker("minutes", "Dov", "Ada"))
    before = everything(work)
    with pytest.raises(DecisionRefused, match="ana decided something about the talk of `minutes`"):
        forget(work, "minutes", "ana")
    assert everything(work) == before


def test_a_group_of_the_study_file_is_taken_out_there_first(work: Workplace, tmp_path: Path) -> None:
    """The next run would read it again."""
    (tmp_path / "south.txt").write_text(MISTAKE)
    described = (tmp_path / "study.toml").read_text()
    (tmp_path / "study.toml").write_text(described + LATE)
    with_it = opened(tmp_path)
    prepare(with_it)
    with pytest.raises(DecisionRefused, match=r"study.toml describes `south`"):
        forget(with_it, "south", "ana")
    with_it.store.close()
    (tmp_path / "study.toml").write_text(described)
    without = opened(tmp_path)
    forget(without, "south", "ana")
    assert [item.group for item in without.store.transcripts.of_study("harbor")] == ["north"]
    without.store.close()


@pytest.mark.parametrize(
    ("group", "coder", "why"),
    [("south", "ana", r"no focus group `south`.*There are: north\."), ("north", " ", "Give your name")],
)
def test_a_group_that_is_not_there_and_a_nobody_are_told(work: Workplace, group: str, coder: str, why: str) -> None:
    with pytest.raises(DecisionRefused, match=why):
        forget(work, group, coder)
