"""Spark: a cluster of machines, or this one. Only rows of groups reach this process."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from socket import create_connection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from warnings import catch_warnings, simplefilter

from trialogue.methods.problems import InputError, Problem
from trialogue.tables.engines.engine import SPACES, Engine, Held, Progress
from trialogue.tables.engines.files import look_at
from trialogue.tables.refusals import refused

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

WHOLE = ("tinyint", "smallint", "int", "bigint")
TYPES = {"O": "string", "f": "double", "i": "bigint", "b": "boolean"}
OPTION = "--engine spark"
CONNECT_PORT = 15002
KNOCK_S = 10.0


def session() -> SparkSession:
    """Return the session there is, or begin one: SPARK_REMOTE, else SPARK_MASTER, else here.

    Raises InputError, in one line, when Spark or what it needs is not here.
    """
    if find_spec("pyspark") is None:
        raise _without("Spark is not installed", 'Install it with pip install "trialogue[spark]"')
    remote = os.environ.get("SPARK_REMOTE")
    if remote:
        return _remote(remote)
    home = os.environ.get("JAVA_HOME")
    if not which(f"{home}/bin/java" if home else "java"):
        raise _without(
            "Spark needs Java 17 or later",
            "Install it (apt install default-jre-headless), or set SPARK_REMOTE",
        )
    # A machine that cannot resolve its own name gets no session.
    os.environ.setdefault("SPARK_LOCAL_HOSTNAME", "localhost")
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # what we say ourselves
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    master = os.environ.get("SPARK_MASTER", "local[*]")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
    if master.startswith("local"):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.sql.shuffle.partitions": "8"}
    builder = SparkSession.builder.appName("trialogue").master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except PySparkException as error:
        raise _without(
            f"Spark does not start ({_first_line(error)})", "Look at its Java"
        ) from None


def _remote(address: str) -> SparkSession:
    if find_spec("grpc") is None or find_spec("pyarrow") is None:
        raise _without(
            "SPARK_REMOTE needs more of Spark", 'Install it with pip install "pyspark[connect]"'
        )
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    refuse_silence(address)
    try:
        with catch_warnings():  # about the version of pandas, which is not used here
            simplefilter("ignore", FutureWarning)
            found: SparkSession = SparkSession.builder.remote(address).getOrCreate()
    except PySparkException as error:
        raise _unanswered(address, _first_line(error)) from None
    return found


def refuse_silence(address: str) -> None:
    """Knock first: Spark itself would go on trying for ten minutes."""
    where = urlsplit(address)
    try:
        host, port = where.hostname, where.port or CONNECT_PORT
    except ValueError:
        raise _unanswered(address, "its port is no number") from None
    if where.scheme != "sc" or not host:
        raise _unanswered(address, "it is not of the form sc://host:15002")
    try:
        create_connection((host, port), timeout=KNOCK_S).close()
    except OSError as error:
        raise _unanswered(address, error.strerror or str(error)) from None


def _unanswered(address: str, why: str) -> InputError:
    return _without(f"no Spark answers at {address} ({why})", "Look at SPARK_REMOTE")


def _without(what: str, mend: str) -> InputError:
    return InputError(Problem(what, mend, column=OPTION))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


class Spark(Engine):
    """A Parquet file or folder, or a CSV file, where Spark can read it.

    An address (`s3a://…`, `hdfs://…`) is of Parquet; a file on this machine may be CSV too.
    """

    def __init__(self, data: str, progress: Progress | None) -> None:
        """Look at the columns."""
        super().__init__(progress)
        self._spark = session()
        self._lent: set[str] = {"people", "numbered"}
        self._spark.conf.set("spark.sql.caseSensitive", "true")
        self.name = data.rstrip("/").rpartition("/")[2]
        self.source, self.numbered = "people", "numbered"
        path = Path(data)
        if "://" in data or path.is_dir():
            self._read_parquet(data)
        else:
            file = look_at(path, "Spark")
            self.notes = file.notes
            if file.header is None:
                self._read_parquet(str(path.absolute()))
            else:
                self._read_csv(path, file.header, file.separator)

    def _read_parquet(self, path: str) -> None:
        from pyspark.errors import PySparkException

        try:
            frame = self._spark.read.parquet(path)
        except PySparkException:
            raise refused(
                self.name, "Spark cannot read this as Parquet", "Look at the address and the file"
            ) from None
        self.columns = {name: _held(kind) for name, kind in frame.dtypes}
        frame.createOrReplaceTempView(self.source)
        self._number(frame.select("*", "_metadata.row_index"))

    def _read_csv(self, path: Path, header: tuple[str, ...], separator: str) -> None:
        self._places = {name: f"c{place}" for place, name in enumerate(header) if name}
        self.columns = dict.fromkeys(self._places, "text")
        frame = self._spark.read.csv(
            str(path.absolute()),
            schema=", ".join(f"c{place} STRING" for place in range(len(header))),
            header=True,
            enforceSchema=True,
            sep=separator,
            quote='"',
            escape='"',
            multiLine=True,
            mode="FAILFAST",
        )
        frame.createOrReplaceTempView(self.source)
        self._number(frame)
        cells = ", ".join(f"coalesce(c{place}, '')" for place in range(len(header)))
        self.where = f"{self.trimmed(f'concat({cells})')} <> ''"

    def _number(self, frame: DataFrame) -> None:
        from pyspark.sql.functions import monotonically_increasing_id

        frame.withColumn("line", monotonically_increasing_id()).createOrReplaceTempView("numbered")
        self.unique_row = "line"

    @property
    def row(self) -> str | None:
        """Parts of a CSV are read where they lie, and do not know how many rows came before."""
        return None if hasattr(self, "_places") else "row_index + 2"

    def close(self) -> None:
        """Forget the tables. The session stays: another file may follow, and it ends with us."""
        for name in self._lent:
            self._spark.catalog.dropTempView(name)

    def quoted(self, column: str) -> str:
        """Columns of a CSV go by their place, as with DuckDB."""
        places: dict[str, str] = getattr(self, "_places", {})
        if column in places:
            return places[column]
        doubled = column.replace("`", "``")
        return f"`{doubled}`"

    def literal(self, text: str) -> str:
        """A backslash escapes."""
        escaped = text.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"

    def text_type(self) -> str:
        """STRING."""
        return "STRING"

    def trimmed(self, expression: str) -> str:
        """Of all of `SPACES`."""
        return f"trim(BOTH {self.literal(SPACES)} FROM {expression})"

    def matches(self, expression: str, pattern: str) -> str:
        """Java's own regular expressions."""
        return f"{expression} RLIKE {self.literal(f'^({pattern})$')}"

    def lend(self, table: str, columns: Mapping[str, Any]) -> None:
        """Send a small table."""
        self._lent.add(table)
        schema = ", ".join(f"{name} {TYPES[v.dtype.kind]}" for name, v in columns.items())
        rows = list(zip(*(values.tolist() for values in columns.values()), strict=True))
        self._spark.createDataFrame(rows, schema).createOrReplaceTempView(table)

    def _run(self, sql: str) -> dict[str, Any]:
        from py4j.protocol import Py4JJavaError
        from pyspark.errors import PySparkException

        try:
            found = self._spark.sql(sql)
            rows = found.collect()
        except (PySparkException, Py4JJavaError) as error:
            if "MALFORMED_RECORD_IN_PARSING" in str(error) or "FAILED_READ_FILE" in str(error):
                what = "a row has more or fewer cells than the header"
                raise refused(self.name, what, "Use --engine duckdb to hear which") from None
            raise
        cells = zip(*rows, strict=True) if rows else ([] for _ in found.columns)
        return {name: list(values) for name, values in zip(found.columns, cells, strict=True)}

    def _done(self) -> float | None:
        """Tasks done of those known; a session elsewhere does not say."""
        if not hasattr(self._spark, "_jsparkSession"):
            return None
        tracker = self._spark.sparkContext.statusTracker()
        stages = [
            stage
            for job in tracker.getActiveJobsIds()
            if (info := tracker.getJobInfo(job))
            for number in info.stageIds
            if (stage := tracker.getStageInfo(number))
        ]
        tasks = sum(stage.numTasks for stage in stages)
        return sum(stage.numCompletedTasks for stage in stages) / tasks if tasks else None

    def _stop(self) -> None:
        self._spark.interruptAll()


def _held(kind: str) -> Held:
    if kind == "string":
        return "text"
    if kind in WHOLE:
        return "integer"
    if kind in ("float", "double") or kind.startswith("decimal"):
        return "float"
    if kind == "binary" or kind.startswith(("array", "struct", "map", "variant")):
        return "nested"
    return "other"
