"""The review site as a process of its own: `polyvocal serve` starts it, with the studies in the environment."""

from __future__ import annotations

import argparse
import gc
import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from pipeline.bootstrap import open_accounts, open_workplace
from pipeline.domain.errors import PolyvocalError
from pipeline.domain.private_file import write_private
from pipeline.settings import Settings, load_settings, require_private
from pipeline.web.logged import log_without_words
from pipeline.web.site import Site
from pipeline.web.warming import warm
from pipeline.work.live_study import LiveStudy

STUDIES: Final = "POLYVOCAL_STUDIES"
"""id → [folder, home or null], as JSON: what this server was started with."""
PREFECT: Final = "PREFECT_API_URL"
SECRET: Final = 32
"""Bytes of an installation's secret."""
TURNS: Final = 0.0005
"""Seconds after which a thread that computes lets another go on. Python's own 5 ms would be waited for after every
question to the database while something is counted beside."""


@contextmanager
def opened_site(settings: Settings) -> Iterator[Site]:
    """The site with every announced study open; closed afterwards.

    Raises:
        PolyvocalError: a study or the accounts cannot be opened, or the site would be open to the network.
    """
    require_private(settings.web)
    with ExitStack() as stack:
        accounts = stack.enter_context(open_accounts(settings))
        studies = {}
        for name, (folder, home) in json.loads(os.environ.get(STUDIES, "{}")).items():
            work = stack.enter_context(open_workplace(Path(folder), home=Path(home) if home else None))
            studies[name] = LiveStudy(work)
            warm(studies[name])
        secret = installation_secret(accounts.setup_file.parent / "site-secret")
        page = os.environ.get(PREFECT, "").removesuffix("/api")
        gc.collect()
        gc.freeze()  # what was read stays: going through it again and again would hold everybody up for half a second
        yield Site(studies, accounts, settings.web, secret, page)


def installation_secret(path: Path) -> bytes:
    """The secret of this installation, made at the first start, and anew where a crash left half of it."""
    if path.exists():
        path.chmod(0o600)
        if len(kept := path.read_bytes()) == SECRET:
            return kept
    secret = secrets.token_bytes(SECRET)
    write_private(path, secret)
    return secret


def main() -> int:
    """Serve until asked to stop; an exit code, with its sentence on standard error, where that is not possible."""
    os.umask(0o077)
    sys.setswitchinterval(TURNS)
    arguments = argparse.ArgumentParser(prog="python -m pipeline.web", description=__doc__)
    arguments.add_argument("--port", type=int, help="where to listen (default: as the settings say)")
    port = arguments.parse_args().port
    log_without_words()
    try:
        settings = load_settings()
        settings = replace(settings, web=replace(settings.web, port=port or settings.web.port))
        with opened_site(settings) as site:
            _serve(site)
    except PolyvocalError as problem:
        sys.stderr.write(f"{problem}\n")
        return problem.exit_code
    return 0


def _serve(site: Site) -> None:
    import uvicorn

    from pipeline.web.app import application

    web = site.web
    uvicorn.run(
        application(site),
        host=web.host,
        port=web.port,
        ssl_certfile=web.tls_certificate or None,
        ssl_keyfile=web.tls_key or None,
        log_config=None,
        log_level="warning",
        access_log=False,  # addresses name groups and searches
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=75,
    )


if __name__ == "__main__":
    sys.exit(main())
