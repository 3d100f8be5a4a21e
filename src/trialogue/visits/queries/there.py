"""Who is there already, at hand for every row of a list: three queries, however many rows."""

from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher

from trialogue.visits.models import Agreement, Resident, Scheme

ALIKE = 0.75  # two names that share so much of their letters may be one person


@dataclass(frozen=True)
class There:
    """The residents of a scheme by what tells them apart, with their contacts and agreements."""

    by_reference: dict[str, Resident]
    by_home: dict[tuple[str, str], Resident]  # name and address
    by_uprn: dict[str, list[Resident]]
    by_postcode: dict[str, list[Resident]]

    def held(self, *, reference: str, name: str, address: str) -> Resident | None:
        """Return who a row is about: by its reference, or the same name at the same address."""
        if reference:
            return self.by_reference.get(reference)
        return self.by_home.get(_home(name, address))

    def alike(self, *, name: str, postcode: str, uprn: str) -> list[Resident]:
        """Return who may be the same person: one UPRN, or one postcode and a like name."""
        near = self.by_postcode[postcode.upper()] if postcode else []
        found = {one.pk: one for one in near if _like(one, name)}
        found |= {one.pk: one for one in (self.by_uprn[uprn] if uprn else [])}
        return sorted(found.values(), key=lambda one: one.full_name)


def there(scheme: Scheme) -> There:
    """Return who is in a scheme, those who ended too."""
    found = There({}, {}, defaultdict(list), defaultdict(list))
    rows = Resident.objects.filter(scheme=scheme, erased_at=None).select_related("area")
    for one in rows.prefetch_related("contacts", "agreements"):
        found.by_reference[one.reference] = one
        found.by_home.setdefault(_home(one.full_name, one.address), one)
        found.by_uprn[one.uprn].append(one)
        found.by_postcode[one.postcode].append(one)
    return found


def newest_agreement(resident: Resident) -> Agreement | None:
    """Return what was last agreed, or withdrawn, about visits."""
    of_visits = [one for one in resident.agreements.all() if one.contact_id is None]
    return max(of_visits, key=lambda one: one.pk, default=None)


def _home(name: str, address: str) -> tuple[str, str]:
    return name.strip().casefold(), address.strip().casefold()


def _like(one: Resident, name: str) -> bool:
    return SequenceMatcher(None, one.full_name.casefold(), name.casefold()).ratio() >= ALIKE
