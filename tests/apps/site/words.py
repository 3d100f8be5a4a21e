"""The words of a page, as a person reads them."""

import re


def text_of(answer):
    """Return the text of the main part of a page."""
    main = re.search(r"<main.*?</main>", answer.content.decode(), re.DOTALL)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))
