"""Prefect's own parts fit together: with some releases of its dependencies a server starts and schedules nothing."""

import subprocess
import sys
import threading
import urllib.error
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.errors import ServiceUnavailable
from pipeline.flows import server as prefect_server
from pipeline.settings import ServerSettings

REGISTER = """
from datetime import timedelta
from prefect import flow
from prefect.client.orchestration import get_client
from pipeline.flows.recovery import ensure_zombie_watch, retire_scans

@flow(name="inbox_scan")
def scan(study: str) -> None: ...

if __name__ == "__main__":
    for study in ("harbor", "inland"):
        scan.to_deployment(name=study, parameters={"study": study}, interval=timedelta(seconds=30)).apply()
    with get_client(sync_client=True) as client:
        assert retire_scans(client, {"harbor"}) == 1
        ensure_zombie_watch(client)
        ensure_zombie_watch(client)
"""


def test_a_server_starts_asks_for_the_secret_and_schedules_runs(
    tmp_path: Path, free_port: int, own_home: dict[str, str], rest: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interval deployment gets scheduled runs; a stranger gets nothing; afterwards nothing is left running."""
    for key, value in own_home.items():
        monkeypatch.setenv(key, value)
    state = tmp_path / "state"
    state.mkdir(mode=0o755)
    settings = ServerSettings(port=free_port)
    server = prefect_server.new_server(settings, state)
    prefect_server.make_known(server, state)
    process = prefect_server.start(server, "", threading.Event())
    try:
        script = tmp_path / "register.py"
        script.write_text(REGISTER)
        subprocess.run([sys.executable, script], env=own_home | server.environment(), check=True, timeout=60)
        page = rest(server.url, server.secret)
        runs = until("scheduled runs", lambda: page.runs(flow_runs={"state": {"type": {"any_": ["SCHEDULED"]}}}), 40)
        assert {run["parameters"]["study"] for run in runs} == {"harbor"}
        assert [item["name"] for item in page.post("automations/filter")] == ["Crash flow runs whose process died"]
        taken = page.get("admin/settings")
        assert (taken["flows"]["heartbeat_frequency"], taken["runner"]["poll_frequency"]) == (30, 3)
        assert sorted(taken["server"]["services"]["db_vacuum"]["enabled"]) == ["events", "flow_runs"]
        assert taken["server"]["api"]["csrf_protection_enabled"]
        assert not taken["server"]["analytics_enabled"]
        assert not taken["server"]["ui"]["show_promotional_content"]
        assert not taken["server"]["ui"]["v2_enabled"]  # it asks an analytics host for its configuration
        assert not taken["cloud"]["enable_orchestration_telemetry"]
        for secret in ("", "polyvocal:guess"):
            with pytest.raises(urllib.error.HTTPError, match="401"):
                rest(server.url, secret).get("admin/version")
        with pytest.raises(ServiceUnavailable, match=f"Port {free_port} is taken"):
            prefect_server.new_server(settings, tmp_path / "other")
        assert prefect_server.running_server(state) == server
        assert state.stat().st_mode & 0o777 == 0o700
        assert {(state / name).stat().st_mode & 0o777 for name in ("secret", "server.json")} == {0o600}
    finally:
        prefect_server.stop(process)
    with pytest.raises(ServiceUnavailable, match="does not answer: `polyvocal serve STUDY`"):
        prefect_server.running_server(state)
    with pytest.raises(ServiceUnavailable, match="No server was started"):
        prefect_server.running_server(tmp_path)
    assert prefect_server.new_server(settings, state).secret == server.secret
