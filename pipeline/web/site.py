"""What the review site serves: its studies, its accounts, and the secret that tells one installation from another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.settings import WebSettings
from pipeline.work.accounts import AccountDesk
from pipeline.work.live_study import LiveStudy


@dataclass(frozen=True, slots=True)
class Site:
    """`studies` by id. `secret` signs nothing that leaves the machine but the keys of decisions. `prefect` is the
    address of Prefect's page, "" where none runs."""

    studies: Mapping[str, LiveStudy]
    accounts: AccountDesk
    web: WebSettings
    secret: bytes
    prefect: str = ""

    @property
    def origins(self) -> frozenset[str]:
        """What browsers say they come from when they come from this site."""
        if self.web.public_url:
            return frozenset({self.web.public_url.rstrip("/")})
        scheme = "https" if self.web.tls_certificate else "http"
        names = {self.web.host, "localhost", "127.0.0.1", "[::1]"}
        return frozenset(f"{scheme}://{name}:{self.web.port}" for name in names)

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which it answers."""
        return frozenset(origin.partition("://")[2] for origin in self.origins)

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by TLS alone."""
        return bool(self.web.tls_certificate or self.web.public_url)
