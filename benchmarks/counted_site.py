"""The site's own settings; each answer says how many queries it made and its seconds of CPU.

`BENCH_COPIES` names a folder of files that the same server serves as they are.
"""

import os
from collections.abc import Callable
from time import thread_time
from typing import Any

from trialogue.site.settings import *  # noqa: F403
from trialogue.site.settings import MIDDLEWARE as _THEIRS

MIDDLEWARE = [
    *_THEIRS[: _THEIRS.index("django.middleware.gzip.GZipMiddleware")],
    "counted_site.counted",
    *_THEIRS[_THEIRS.index("django.middleware.gzip.GZipMiddleware") :],
]
if os.environ.get("BENCH_COPIES"):
    WHITENOISE_ROOT = os.environ["BENCH_COPIES"]


def counted(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    from django.db import connection

    def count(request: Any) -> Any:
        made, start = 0, thread_time()

        def one(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal made
            made += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(one):
            response = get_response(request)
        response["X-Queries"] = str(made)
        response["X-Seconds"] = str(thread_time() - start)
        return response

    return count
