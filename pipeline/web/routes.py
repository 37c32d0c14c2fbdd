"""Every address of the site, gathered from the pages."""

from __future__ import annotations

from typing import Final

from pipeline.web.endpoints import Endpoint
from pipeline.web.pages import (
    account,
    agreement,
    candidates,
    codebook,
    home,
    log,
    map_page,
    overview,
    report,
    rounds,
    search,
    segments,
    settle,
    sign_in,
    transcripts,
    undo,
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = tuple(
    endpoint
    for module in (
        *(home, sign_in, account, overview, transcripts, candidates, segments, codebook),
        *(rounds, agreement, settle, map_page, search, report, log, undo),
    )
    for endpoint in module.ENDPOINTS
)
