"""The shapes that come again: form, list, upload, long work."""
