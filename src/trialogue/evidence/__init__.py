"""The open register."""
