"""The demonstration: a made-up council, made by the services that people use."""

from trialogue.site.demonstration.again import (
    Again,
    can_start_again,
    how_far,
    start_again,
    start_again_behind,
)
from trialogue.site.demonstration.filling import fill, is_ready, marker, prepare
from trialogue.site.demonstration.people import CAST, PASSWORD
from trialogue.site.demonstration.tour import person_to_be, stops

__all__ = [
    "CAST",
    "PASSWORD",
    "Again",
    "can_start_again",
    "fill",
    "how_far",
    "is_ready",
    "marker",
    "person_to_be",
    "prepare",
    "start_again",
    "start_again_behind",
    "stops",
]
