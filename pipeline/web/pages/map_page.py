"""To be written."""

from __future__ import annotations

from typing import Final

from pipeline.web.endpoints import Endpoint

ENDPOINTS: Final[tuple[Endpoint, ...]] = ()
