"""A new study folder: a study file that explains itself, and an inbox, a place for transcripts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipeline.domain.errors import FileRefused
from pipeline.domain.study import plain_id
from pipeline.ingest.stray_files import INBOX, TRANSCRIPTS
from pipeline.ingest.study_toml import STUDY_FILE

_CONTENTS: Final = """\
# Your study. Everything after a # is an explanation; lines that begin with one are not read.
# `polyvocal check` says what is still missing or misspelt.

[study]
title = ""                      # fill in, for example: "Four focus groups on support after flooding"
id = "{id}"
# candidates = 60               # about how many candidate codes to propose, until somebody has
#                                 decided on one; without it, as many as the amount of talk suggests

# --- The discussion guide --------------------------------------------------------------------
# One [[question]] per question, in the order of the guide, worded as it was asked. Findings are
# laid out by these questions.

[[question]]
id = "Q1"
text = ""                       # fill in, for example: "What helped you most in the first weeks?"

# [[question]]
# id = "Q2"
# text = "What was missing?"

# --- The focus groups ------------------------------------------------------------------------
# One [[group]] per discussion or interview.
#   transcript   the file, relative to this folder (.txt .docx .odt .rtf .pdf .vtt .srt .csv .xlsx).
#                Leave it out while you wait for the file: it is picked up from inbox/ when it comes.
#   moderators   names exactly as they stand before the moderators' turns. Their talk is kept and
#                shown, but it is not coded.
#   date         when the group met, year first: 2026-03-14.
#   encoding     only if you are asked for it, for example "cp1252".
# Any other key, such as region = "north", is yours: findings can be compared by it (`name` is
# what the report calls the group, `note` is for yourself).

[[group]]
id = "group1"
# transcript = "transcripts/group1.docx"
moderators = []                 # for example: ["Moderator"]
# date = 2026-03-14
# region = "north"

# --- Who took part ---------------------------------------------------------------------------
# One [[participant]] per person. `id` is the name exactly as it stands in the transcript (a
# pseudonym or P1 is best), `group` one of the ids above. `role` and any other key, such as
# years = 3, are yours: findings can be compared by them too.

# [[participant]]
# id = "P1"
# group = "group1"
# role = "volunteer"
"""


def init_study(folder: Path) -> list[Path]:
    """Writes study.toml, inbox/ and transcripts/ into the folder, made if it is not there; says what was made.

    Raises:
        FileRefused: a study is there already, or the folder cannot be written to. Nothing is overwritten.
    """
    path, folders = folder / STUDY_FILE, (folder / INBOX, folder / TRANSCRIPTS)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(_CONTENTS.replace("{id}", plain_id(folder.resolve().name, "study")))
        made = [path, *(new for new in folders if not new.is_dir())]
        for new in made[1:]:
            new.mkdir()
    except FileExistsError:
        raise FileRefused("There is a study in this folder already; it was left as it is. Name another.") from None
    except OSError as error:
        raise FileRefused(f"The study could not be written ({error.strerror}). Name another folder.") from None
    return made
