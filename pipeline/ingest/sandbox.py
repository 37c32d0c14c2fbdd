"""Where a file is parsed: a process of its own with little memory, little time and nothing to write to.

The parent sends one JSON line and the file's bytes; the child answers with one JSON object. Nothing is unpickled.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from pipeline.domain.errors import FileRefused
from pipeline.domain.transcript import Account, Dropped, Turn
from pipeline.ingest.composing import Reading, ReadOptions
from pipeline.ingest.limits import MIB, Limits

_ROOT: Final = str(Path(__file__).resolve().parents[2])
CHILD: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); import pipeline; sys.path.append(sys.path.pop(0)); "
    "from pipeline.ingest.sandbox import child; child()"
)
"""The child runs the code that its parent runs, also where another copy is installed; whatever else lies in that
folder comes after what is installed."""

_PASSED_ON: Final = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "SYSTEMROOT")
_OUT_OF_TIME: Final = "Reading this file took too long, so it was stopped. Save it again, or as plain text."
_OUT_OF_MEMORY: Final = "Reading this file needs more memory than one transcript may. Save it as plain text."
_SIGXCPU: Final = 24


def read_apart(data: bytes, module: str, options: ReadOptions) -> Reading:
    """The reading of a file by the module's `read`, made in a child process.

    Raises:
        FileRefused: the reader refused it, failed, crashed, or ran out of memory or time.
    """
    request = json.dumps({"module": module, **_options_out(options)}).encode()
    process = subprocess.Popen(  # noqa: S603 - fixed arguments
        [sys.executable, "-I", "-B", "-c", CHILD, _ROOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )
    with process:
        try:
            answer, _ = process.communicate(request + b"\n" + data, timeout=options.limits.wall_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise FileRefused(_OUT_OF_TIME) from None
        except BaseException:
            process.kill()
            raise
    return _answered(answer, process.returncode, options.suffix)


def _environment() -> dict[str, str]:
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**passed, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}


def _answered(answer: bytes, code: int, suffix: str) -> Reading:
    if code == -_SIGXCPU:
        raise FileRefused(_OUT_OF_TIME)
    try:
        result = json.loads(answer)
    except ValueError:
        raise FileRefused(f"Reading this file stopped the reader for {suffix} files. {_MEND}") from None
    if "refused" in result:
        raise FileRefused(result["refused"])
    if "failed" in result:
        raise FileRefused(f"This file is not a sound {suffix} file ({result['failed']}). {_MEND}")
    return _reading_in(result)


_MEND: Final = "Open it where it was made and save it again, or save it as plain text."


def child() -> None:
    """The child's whole life: take the limits, read one file, answer."""
    request = json.loads(sys.stdin.buffer.readline())
    options = _options_in(request)
    _take_limits(options.limits)
    answer = _attempt(request["module"], options)
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)


def _attempt(module: str, options: ReadOptions) -> dict[str, Any]:
    try:
        data = sys.stdin.buffer.read()
        reading = importlib.import_module(module).read(data, options=options)
        if len(reading.text) > options.limits.characters:
            return {"refused": f"This file holds more than {options.limits.characters:,} characters. Divide it."}
        return _reading_out(reading)
    except FileRefused as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": _OUT_OF_MEMORY}
    except Exception as error:  # noqa: BLE001 - whatever a hostile file provokes ends here; its message may hold text
        return {"failed": type(error).__name__}


def _take_limits(limits: Limits) -> None:
    try:
        import resource
    except ImportError:
        return
    wanted = {
        "RLIMIT_AS": limits.memory_bytes,
        "RLIMIT_CPU": limits.cpu_seconds,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_STACK": 64 * MIB,
    }
    for name, bound in wanted.items():
        try:
            _, hard = resource.getrlimit(getattr(resource, name))
            ceiling = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
            resource.setrlimit(getattr(resource, name), (ceiling, hard))
        except (AttributeError, OSError, ValueError):  # macOS has no working RLIMIT_AS; time limits hold there
            continue


def _options_out(options: ReadOptions) -> dict[str, Any]:
    limits = {name: getattr(options.limits, name) for name in Limits.__dataclass_fields__}
    return {
        "suffix": options.suffix,
        "encoding": options.encoding,
        "known_speakers": list(options.known_speakers),
        "limits": limits,
    }


def _options_in(request: dict[str, Any]) -> ReadOptions:
    return ReadOptions(
        request["suffix"], request["encoding"], tuple(request["known_speakers"]), Limits(**request["limits"])
    )


def _reading_out(reading: Reading) -> dict[str, Any]:
    account = reading.account
    return {
        "text": reading.text,
        "turns": [[turn.speaker, turn.start, turn.end, turn.where, turn.at] for turn in reading.turns],
        "characters_in": account.characters_in,
        "kept": account.kept,
        "dropped": [[drop.kind, drop.characters, drop.where] for drop in account.dropped],
        "warnings": list(account.warnings),
    }


def _reading_in(answer: dict[str, Any]) -> Reading:
    turns = tuple(Turn(index, *fields) for index, fields in enumerate(answer["turns"]))
    dropped = tuple(Dropped(*fields) for fields in answer["dropped"])
    account = Account(answer["characters_in"], answer["kept"], dropped, tuple(answer["warnings"]))
    return Reading(answer["text"], turns, account)
