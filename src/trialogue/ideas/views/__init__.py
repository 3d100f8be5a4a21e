"""Pages of ideas: parse, call, render. A file a part of an idea's life."""
