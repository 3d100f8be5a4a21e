"""What a page gives to machines and to paper: a described data set, a square code."""

from typing import Any

from trialogue.evidence.queries import Whole
from trialogue.evidence.showing.trial import TrialPage

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


def dataset(whole: Whole, page: TrialPage, address: str) -> dict[str, Any]:
    """Describe the record as schema.org's Dataset."""
    found = page.record
    files = [_file("application/json", f"{address.rstrip('/')}.json")]
    if page.result:
        files.append(_file("text/csv", f"{address}counts.csv"))
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": found.title,
        "description": found.sentence or found.summary,
        "identifier": found.id,
        "url": address,
        "license": LICENCE,
        "creator": {"@type": "Organization", "name": found.council},
        "dateCreated": found.registered_at.date().isoformat(),
        "dateModified": found.changed_at.date().isoformat(),
        "temporalCoverage": f"{found.starts_on.isoformat()}/{found.ends_on.isoformat()}",
        "variableMeasured": whole.plan["outcomes"]["primary"]["name"],
        "keywords": list(whole.plan["question"]["other_names"]),
        "isAccessibleForFree": True,
        "distribution": files,
    }


def _file(kind: str, address: str) -> dict[str, str]:
    return {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": address}
