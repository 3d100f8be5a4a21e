"""Positions: metres on one flat grid, and latitude and longitude turned into them."""

from dataclasses import dataclass
from functools import cache
from math import hypot
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyproj import Transformer


@dataclass(frozen=True)
class Grid:
    """A flat grid, by its EPSG number, and the box its own land lies in, metres."""

    epsg: int
    name: str
    x: tuple[float, float]
    y: tuple[float, float]


GRIDS = (
    Grid(27700, "British National Grid", (0, 700_000), (0, 1_300_000)),
    Grid(29903, "Irish Grid", (10_000, 400_000), (10_000, 480_000)),
    Grid(3109, "Jersey Transverse Mercator", (20_000, 60_000), (50_000, 90_000)),
)


def grid(epsg: int) -> Grid:
    """Return a grid that the site knows. Raises KeyError for another."""
    return {one.epsg: one for one in GRIDS}[epsg]


def to_metres(latitude: float, longitude: float, epsg: int) -> tuple[float, float]:
    """Return x and y, metres on a grid, of a place given in degrees (WGS 84)."""
    x, y = _transformer(epsg).transform(longitude, latitude)
    return float(x), float(y)


@cache
def _transformer(epsg: int) -> "Transformer":
    from pyproj import Transformer  # only for lists that come in degrees

    return Transformer.from_crs(4326, epsg, always_xy=True)


def looks_like_degrees(x: float, y: float) -> bool:
    """Whether two numbers meant as metres are a longitude and a latitude, either way round."""
    return abs(x) <= 180 and abs(y) <= 180 and (x, y) != (0, 0)


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return how far apart two places are, metres as the crow flies."""
    return hypot(a[0] - b[0], a[1] - b[1])
