"""The demonstration: a made-up council, made by the services that people use."""

from trialogue.site.demonstration.filling import fill, marker, prepare

__all__ = ["fill", "marker", "prepare"]
