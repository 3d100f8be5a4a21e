"""Numbers in, SVG and its words out."""
