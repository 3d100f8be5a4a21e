"""Style sheets and scripts as the browser gets them: few, compressed, and kept for good.

`trialogue serve` gathers them into the data folder, each named by its content, so that a browser
may keep it for ever and asks for a changed one at once. Where nothing was gathered (tests,
`trialogue manage`) they are served as they stand in the package, under their own names.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)

SHEET = "css/trialogue.css"
_IMPORT = re.compile(r'@import url\("([^"]+)"\);\n?')


class Gathered(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Files named by their content. The sheets that `trialogue.css` imports become one."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # a script is named after what it imports, which imports others

    def url(self, name: str | None, force: bool = False) -> str:
        """Return where a file is served: under its own name when it was not gathered."""
        try:
            return str(super().url(name, force))
        except ValueError:
            return StaticFilesStorage.url(self, name)

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], *args: Any, **options: Any
    ) -> Iterator[Any]:
        """Put the sheets together, then name and compress every file."""
        joined = {**paths, SHEET: (_Joined(paths), SHEET)}
        yield from super().post_process(joined, *args, **options)


class _Joined(Storage):
    """One component a file is for us; the browser asks once."""

    def __init__(self, paths: dict[str, tuple[Storage, str]]) -> None:
        self.paths = paths

    def _open(self, name: str, mode: str = "rb") -> ContentFile[bytes]:
        folder = name.rpartition("/")[0]
        whole = _IMPORT.sub(lambda found: self._read(f"{folder}/{found[1]}"), self._read(name))
        return ContentFile(whole.encode())

    def _read(self, name: str) -> str:
        storage, path = self.paths[name]
        with storage.open(path) as file:
            return str(file.read().decode())
