"""Every component with its states, on a page that is there while the app is developed and is not shipped."""

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import APP, sign_in
from tests.browser.test_accessibility import AXE
from tests.support.server import RunningServer, free_port

WEB = Path(__file__).parents[3] / "web"
_PATIENCE = 300
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def test_what_is_shipped_has_no_such_page(chromium: Any) -> None:
    assert chromium
    manifest = json.loads((APP.parent / ".vite" / "manifest.json").read_text(encoding="utf-8"))
    assert [name for name in manifest if "features/kit" in name] == []


@pytest.fixture(scope="module")
def kit(chromium: Any, server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The page, from the server that the app is developed with."""
    if not AXE.is_file() or shutil.which("node") is None:
        pytest.skip("Node or the packages of web/ are not there: run `make web`")
    port, log = free_port(), tmp_path_factory.mktemp("kit") / "vite.log"
    command = ["node", str(WEB / "node_modules" / "vite" / "bin" / "vite.js"), "--host", "127.0.0.1"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--strictPort"],
            cwd=WEB,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PANOPE_SERVER": server.base_url},
        )
    try:
        wait_for(process, port, log)
        context = chromium.new_context(base_url=f"http://127.0.0.1:{port}", viewport={"width": 1280, "height": 900})
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto("/auth/sign-in?targetPath=/ui-kit")
        sign_in(page)
        page.wait_for_url("**/ui-kit")
        page.get_by_role("heading", name="Components").wait_for()
        yield page
        context.close()
    finally:
        process.kill()
        process.wait()


def wait_for(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    for _ in range(_PATIENCE):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        with suppress(OSError), _DIRECT.open(f"http://127.0.0.1:{port}/favicon.svg", timeout=5):
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


def check(page: Any) -> None:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations.map(v => [v.id, v.nodes.map(n => n.html)])")
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("opened", [None, "Menu", "Popover", "Dialog", "Confirm", "Failure"])
def test_no_component_shuts_anybody_out(kit: Any, scheme: str, opened: str | None) -> None:
    kit.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    kit.reload()
    kit.get_by_role("heading", name="Components").wait_for()
    if opened is not None:
        kit.get_by_role("button", name=opened, exact=True).click()
    check(kit)
