"""Links for residents and their contacts, who have no account."""

from django.db import models

from trialogue.accounts.models import Person
from trialogue.visits.models.residents import Contact, Resident


class VisitLink(models.Model):
    """A link that opens once, for a quarter of an hour. Its token is kept only as its hash."""

    token_hash = models.CharField(max_length=64, unique=True)
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="links")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="links")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
