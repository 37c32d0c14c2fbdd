"""study.toml: a study, or everything that is wrong with it at once, each with its place and its mend."""

import pytest

from pipeline.domain.errors import FileRefused, StudyInvalid
from pipeline.domain.study import Participant
from pipeline.ingest.init_study import init_study
from pipeline.ingest.study_toml import check_study, encoding_of, known_speakers, load_study

GOOD = """\
[study]
title = "After the flood"

[[question]]
id = "Q1"
text = "What helped?"

[[group]]
id = "north"
transcript = "north.txt"
moderators = ["Moderator"]
date = 2026-03-14
encoding = "cp1252"
region = "north"

[[group]]
id = "south"

[[participant]]
id = "Ana"
group = "north"
role = "volunteer"
years = 3
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "The Flood").mkdir()
    return tmp_path / "The Flood"


def write(folder, text):
    (folder / "study.toml").write_text(text)
    return folder


def problems(folder, text):
    with pytest.raises(StudyInvalid) as invalid:
        load_study(write(folder, text))
    return [str(problem) for problem in invalid.value.problems]


def test_how_many_candidates_are_wanted_is_a_whole_number_or_left_out(folder):
    title = 'title = "After the flood"'
    assert load_study(write(folder, GOOD)).candidates is None
    assert load_study(write(folder, GOOD.replace(title, f"{title}\ncandidates = 60"))).candidates == 60
    for wrong in ("0", "true", '"60"', "60.0", "10_001"):
        (said,) = problems(folder, GOOD.replace(title, f"{title}\ncandidates = {wrong}"))
        assert said == (
            "study.toml, [study], key `candidates`, line 3: `candidates` is no whole number from 1 to 10,000. "
            "Write about how many candidate codes you want, as in candidates = 60, or leave the line out."
        )


def test_a_study_is_read_with_its_attributes(folder):
    study = load_study(write(folder, GOOD))
    north, south = study.groups

    assert (study.id, study.title) == ("the-flood", "After the flood")
    assert (north.date, north.attributes["region"], encoding_of(north)) == ("2026-03-14", "north", "cp1252")
    assert (south.transcript, encoding_of(south)) == (None, None)
    assert study.participants == (Participant("Ana", "north", "volunteer", {"years": "3"}),)
    assert known_speakers(study, north) == ("Moderator", "Ana")


WRONG = {
    "no title": ("[study]\n", "study.toml, [study], line 1: `title` is missing."),
    "a blank title": ('[study]\ntitle = " "\n', "[study], key `title`, line 2: `title` is empty."),
    "a title that is a list": ("[study]\ntitle = []\n", "`title` is not a single value."),
    "a misspelt key": (
        '[study]\ntitel = "x"\n',
        "key `titel`, line 2: `titel` is not known here. Did you mean `title`?",
    ),
    "a misspelt group key": (
        GOOD.replace("transcript =", "transcripts ="),
        "[[group]] 1, key `transcripts`, line 10: `transcripts` is not known here. Did you mean `transcript`?",
    ),
    "a misspelt table": (GOOD.replace("[[question]]", "[[questions]]"), "Did you mean `question`?"),
    "one bracket": (GOOD.replace("[[question]]", "[question]"), "Write [[question]], in two brackets."),
    "study as text": ('study = "x"\n', "Begin the file with a line [study]."),
    "an unknown group": (GOOD.replace('group = "north"', 'group = "norht"'), "Did you mean `north`?"),
    "an id used twice": (
        GOOD.replace('"south"', '"north"'),
        "[[group]] 2, key `id`, line 17: The id 'north' is used twice.",
    ),
    "moderators as text": (GOOD.replace('["Moderator"]', '"Moderator"'), "`moderators` is not a list of names."),
    "a moderator without a name": (GOOD.replace('["Moderator"]', '[""]'), "`moderators` is not a list of names."),
    "a question called as talk beside the guide is": (
        GOOD.replace('"Q1"', '"off-guide"'),
        "[[question]] 1, key `id`, line 5: The id 'off-guide' is what talk beside the guide goes by.",
    ),
    "an absolute path": (GOOD.replace("north.txt", "/etc/passwd"), "absolute path"),
    "a Windows path": (GOOD.replace("north.txt", "C:/north.txt"), "absolute path"),
    "broken TOML": ("[study\n", "line 1"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_is_said_with_its_place_and_mend(folder, kind):
    text, said = WRONG[kind]

    assert any(said in problem for problem in problems(folder, text))


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        ("12 March 2026", "Write date = 2026-03-12"),
        ("March 12th, 2026  # the second", "Write date = 2026-03-12"),
        ("12.3.2026", "Write a date with the year first, then month and day: date = 2026-03-14"),
        ("30 February 2026", "Write a date with the year first, then month and day: date = 2026-03-14"),
    ],
)
def test_a_date_as_people_write_it_is_answered_with_how_toml_wants_it(folder, written, mend):
    """Where the month is only a number nobody guesses which it is."""
    (problem,) = problems(folder, GOOD.replace("2026-03-14", written))

    assert problem.endswith(f"). {mend}")


def test_all_problems_are_said_at_once(folder):
    assert (
        len(problems(folder, '[study]\n[[question]]\n[[group]]\nid = ""\n[[participant]]\nid = "Ana"\ngroup = "x"\n'))
        == 5
    )


def test_a_missing_or_unreadable_study_file_is_a_problem(folder):
    assert "There is no such file" in str(check_study(folder).problems[0])
    (folder / "study.toml").write_bytes(b'[study]\ntitle = "\xf1"\n')
    assert "not UTF-8" in str(check_study(folder).problems[0])


def test_a_check_reads_every_transcript(folder):
    """Missing, unreadable and doubled files, and moderators who never speak, are found before a run."""
    groups = "".join(
        f'[[group]]\nid = "{name}"\ntranscript = "{name}.txt"\nmoderators = ["{moderator}"]\n'
        for name, moderator in [("a", "Moderator"), ("b", "MODERATOR"), ("c", "Mod"), ("d", "Mod"), ("e", "Mod")]
    )
    talk = "Moderator: What helped?\n\nAna: Neighbours.\n\nModerator: Yes?\n\nAna: Yes.\n"
    for name in "abc":
        (folder / f"{name}.txt").write_text(talk + ("\n" if name == "b" else ""))
    (folder / "e.txt").write_bytes(b"se\xf1or")
    found = [str(problem) for problem in check_study(write(folder, '[study]\ntitle = "x"\n' + groups)).problems]

    expected = [
        "The guide is empty.",
        "'MODERATOR' never speaks in b.txt (2 speakers were found: 'Moderator', 'Ana'). It stands there",
        "c.txt is the same file as that of group 'a'.",
        "'Mod' never speaks in c.txt",
        "d.txt: There is no such file.",
        'encoding = "cp1252"',
    ]
    assert len(found) == len(expected)
    assert all(said in problem for said, problem in zip(expected, found, strict=True))


def test_a_participant_who_never_speaks_is_told_with_the_name_that_may_be_meant(folder):
    """Names of others in the study are not proposed."""
    talk = "Moderator: What helped?\n\nPriya: Neighbours.\n\nAna: Yes.\n\nSeñora B: It did.\n"
    (folder / "north.txt").write_text(talk, encoding="cp1252")
    person = '[[participant]]\nid = "{}"\ngroup = "north"\n'
    text = GOOD + "".join(person.format(name) for name in ("Pria", "Anna", "Moderator"))
    found = [str(problem) for problem in check_study(write(folder, text)).problems]

    assert found == [
        "study.toml, [[participant]] 2, key `id`, line 25: 'Pria' never speaks in north.txt; did you mean 'Priya'?",
        (
            "study.toml, [[participant]] 3, key `id`, line 28: 'Anna' never speaks in north.txt. "
            "Write the name as it stands at the beginning of that person's turns. Take out who said nothing."
        ),
    ]


def test_at_most_six_names_are_told(folder):
    talk = "\n\n".join(f"Guest {letter}: It rained.\n\nGuest {letter}: A week." for letter in "ABCDEFGH")
    (folder / "north.txt").write_text(talk)
    people = "".join(f'[[participant]]\nid = "P{number}"\ngroup = "north"\n' for number in range(9))
    found = [str(problem) for problem in check_study(write(folder, GOOD + people)).problems]

    assert "(8 speakers were found, among them 'Guest A', 'Guest B'" in found[0]
    assert "'Guest F')" in found[0]
    assert len(found) == 1 + 6


def test_a_list_under_a_misspelt_key_is_one_problem(folder):
    found = problems(folder, GOOD.replace("moderators =", "moderator ="))

    assert len(found) == 1
    assert found[0].endswith("`moderator` is not known here. Did you mean `moderators`?")


def test_a_sound_study_has_no_problems(folder):
    (folder / "north.txt").write_bytes("Moderator: What helped?\n\nAna: Señora.\n".encode("cp1252"))

    assert check_study(write(folder, GOOD)).problems == ()


def test_a_new_study_says_what_to_fill_in_and_is_never_overwritten(folder):
    made = init_study(folder / "new")

    assert [path.name for path in made] == ["study.toml", "inbox", "transcripts"]
    assert [problem.what.split("`")[1] for problem in check_study(folder / "new").problems] == ["title", "text"]
    with pytest.raises(FileRefused, match="There is a study in this folder already"):
        init_study(folder / "new")


def test_a_new_study_is_sound_once_it_is_filled_in(folder):
    path = init_study(folder)[0]
    path.write_text(path.read_text().replace('title = ""', 'title = "x"').replace('text = ""', 'text = "y"'))

    assert check_study(folder).problems == ()


def notes(folder, text):
    checked = check_study(write(folder, text))
    assert checked.problems == ()
    return [str(note) for note in checked.notes]


def test_a_speaker_who_is_in_no_list_is_noted_with_the_name_that_may_be_meant(folder):
    """Only where the study lists who took part; it keeps no run from starting."""
    talk = "Moderator: What helped?\n\nAna: Neighbours.\n\nAnnna: Yes.\n\nSpeaker 3: A week.\n\nAna: It did.\n"
    (folder / "north.txt").write_text(talk)
    who = "Add one, or say at checkpoint 1 who it is: `polyvocal decide STUDY speaker GROUP LABEL NAME`."
    where = "study.toml, [[group]] 1, key `transcript`, line 10:"
    stranger = "speaks in north.txt, and no [[participant]] of the group is called so."

    assert notes(folder, GOOD) == [
        f"{where} 'Annna' {stranger} Did you mean 'Ana'? {who}",
        f"{where} 'Speaker 3' {stranger} {who}",
    ]
    assert notes(folder, GOOD[: GOOD.index("[[participant]]")]) == []


def test_a_transcript_that_no_group_is_read_from_is_noted_with_the_lines_that_describe_it(folder):
    """What came by the inbox counts all the same, and `run` says so too."""
    (folder / "north.txt").write_text("Moderator: What helped?\n\nAna: Neighbours.\n")
    for place, name in (("transcripts", "The Coast.txt"), ("inbox", "south.txt"), ("transcripts", "notes.html")):
        (folder / place).mkdir(exist_ok=True)
        (folder / place / name).write_text("Cleo: Somebody at night.\n")

    (note,) = notes(folder, GOOD)
    assert note.startswith(
        "transcripts/The Coast.txt: No group of study.toml is read from it. If it came by the inbox"
    )
    assert note.endswith('a [[group]] with id = "the-coast" and transcript = "transcripts/The Coast.txt".')
    assert notes(folder, f'{GOOD}\n[[group]]\nid = "the-coast"\n') == []
