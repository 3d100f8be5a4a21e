"""One idea: who may see it, what they are to it, and what belongs to its page."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import BooleanField, Count, Exists, OuterRef, Q, QuerySet, Value
from django.http import Http404

from trialogue.accounts.models import Membership, Organisation, Person, ServiceArea
from trialogue.ideas.models import AnswerGiven, Comment, Follow, Idea, SimilarShown, Support

MODERATORS = frozenset({"manager", "administrator"})


def visible(seen_by: Person | AnonymousUser) -> QuerySet[Idea]:
    """Ideas that this person may know of; a draft only its writer.

    An idea that is not checked, or hidden, is known to its writer and to those who moderate. One
    for council staff opens to everyone with its answer.
    """
    if not isinstance(seen_by, Person):
        return Idea.objects.filter(checked() & _public())
    sent = ~Q(status=Idea.Status.DRAFT)
    shown = checked() if "staff" in seen_by.roles else checked() & _public()
    if MODERATORS & seen_by.roles:
        shown = sent
    return Idea.objects.filter(shown | Q(created_by=seen_by) | (sent & Q(to_answer=seen_by)))


def checked() -> Q:
    """Ideas that were sent, read by a person and are not hidden."""
    return Q(checked_at__isnull=False, hidden_reason="") & ~Q(status=Idea.Status.DRAFT)


def _public() -> Q:
    return Q(visibility=Idea.Visibility.EVERYONE) | Q(status=Idea.Status.ANSWERED)


def seen(seen_by: Person | AnonymousUser) -> QuerySet[Idea]:
    """Visible ideas, each with all that its page says of it.

    `staff_support` and `public_support` count who supports it; `by_staff` says whether its
    sender works here; `supported` and `followed` whether this person does.
    """
    person = seen_by if isinstance(seen_by, Person) else None
    return (
        visible(seen_by)
        .select_related("area", "to_answer", "answered_by", "created_by", "lead", "call")
        .select_related("merge__into")
        .annotate(
            staff_support=Count("supports", filter=Q(supports__staff=True), distinct=True),
            public_support=Count("supports", filter=Q(supports__staff=False), distinct=True),
            by_staff=works_here("created_by"),
            supported=_of(person, Support),
            followed=_of(person, Follow),
        )
    )


def works_here(person: str) -> Exists:
    """Whether the person of a row is a member of the council."""
    return Exists(
        Membership.objects.filter(
            person=OuterRef(person), organisation__kind=Organisation.Kind.COUNCIL
        )
    )


def _of(person: Person | None, model: type[Support | Follow]) -> Exists | Value:
    if person is None:
        return Value(False, output_field=BooleanField())
    return Exists(model._default_manager.filter(idea=OuterRef("pk"), person=person))


def roles_in_idea(person: Person | AnonymousUser, pk: int, **address: Any) -> frozenset[str]:
    """Return what the person is to the idea: `idea manager` answers it, `idea author` sent it.

    Raises Http404 when they should not know that it exists.
    """
    idea = (
        visible(person)
        .select_related("area")
        .only("created_by", "to_answer", "status", "area__manager", "area__stand_in")
        .filter(pk=pk)
        .first()
    )
    if idea is None:
        raise Http404
    roles = set()
    if isinstance(person, Person):
        area = idea.area
        answer_it = {idea.to_answer_id} | (
            {area.manager_id, area.stand_in_id} if area is not None else set()
        )
        if person.pk in answer_it:
            roles.add("idea manager")
        if person.pk == idea.created_by_id:
            roles.add("idea author")
    return frozenset(roles)


def roles_in_comment(person: Person | AnonymousUser, comment: int) -> frozenset[str]:
    """Return what the person is to the idea of a comment; Http404 when they may not see it."""
    idea = comment_of(comment, seen_by=person).idea_id
    return roles_in_idea(person, idea) if idea else frozenset()


def roles_in_own_idea(person: Person | AnonymousUser, pk: int, **address: Any) -> frozenset[str]:
    """Return what the person is to an idea of their own; Http404 for anybody else's."""
    roles = roles_in_idea(person, pk)
    if "idea author" not in roles:
        raise Http404
    return roles


def roles_in_own_comment(person: Person | AnonymousUser, comment: int) -> frozenset[str]:
    """Return what the person is to the idea of a comment of theirs; Http404 for another's."""
    if comment_of(comment, seen_by=person).by != person:
        raise Http404
    return roles_in_comment(person, comment)


def comment_of(number: int, *, seen_by: Person | AnonymousUser) -> Comment:
    """Return a comment, for whoever may see it. Raises Http404 for others."""
    found = _seen_comments(seen_by).filter(pk=number).select_related("idea", "draft", "by")
    said = found.first()
    if said is None:
        raise Http404
    return said


def draft_of(person: Person | None, number: int) -> Idea:
    """Return an idea of this person's own, sent or not. Raises Http404 for anybody else's.

    A resident without an account is nobody: the door sees to it that the draft is theirs.
    """
    idea = Idea.objects.select_related("area", "call").filter(pk=number, created_by=person).first()
    if idea is None:
        raise Http404
    return idea


def last_shown(idea: Idea) -> SimilarShown | None:
    """Return what was last shown to the writer, with their answer if they gave one."""
    return SimilarShown.objects.filter(idea=idea).order_by("-pk").first()


def comments_of(idea: Idea, seen_by: Person | AnonymousUser) -> QuerySet[Comment]:
    """Comments on an idea and on those joined with it, first one first.

    Unchecked and hidden ones only for their writer and for those who moderate.
    """
    return seen_comments(seen_by).filter(Q(idea=idea) | Q(idea__merge__into=idea))


def seen_comments(seen_by: Person | AnonymousUser) -> QuerySet[Comment]:
    """Comments that a person may see, as they are shown, first one first."""
    return (
        _seen_comments(seen_by)
        .select_related("by", "answered_by")
        .annotate(by_staff=works_here("by"))
        .order_by("pk")
    )


def _seen_comments(seen_by: Person | AnonymousUser) -> QuerySet[Comment]:
    shown = Q(checked_at__isnull=False, hidden_reason="")
    if isinstance(seen_by, Person):
        shown |= Q(by=seen_by)
        if MODERATORS & seen_by.roles:
            shown = Q()
    return Comment.objects.filter(shown)


def history_of(idea: Idea) -> QuerySet[AnswerGiven]:
    """Every answer that was given, first one first."""
    return AnswerGiven.objects.filter(idea=idea).select_related("by").order_by("pk")


def areas() -> QuerySet[ServiceArea]:
    """Service areas, by name."""
    return ServiceArea.objects.order_by("name")


def leads() -> QuerySet[Person]:
    """Who may be named to lead a trial: everyone who works here, by name."""
    return Person.objects.filter(
        is_active=True, memberships__organisation__kind=Organisation.Kind.COUNCIL
    ).order_by("name", "pk")


def shown_idea(number: int, *, seen_by: Person | AnonymousUser) -> Idea:
    """Return an idea with all that its page says of it; Http404 when not for this person."""
    idea = seen(seen_by).filter(pk=number).first()
    if idea is None:
        raise Http404
    return idea


def drafts_of(writer: Person | None, numbers: Collection[int] = ()) -> QuerySet[Idea]:
    """Return what a writer began and has not sent, newest first.

    A resident without an account is nobody: `numbers` are the drafts that the door knows as
    theirs.
    """
    drafts = Idea.objects.filter(created_by=writer, status=Idea.Status.DRAFT)
    return (drafts if writer else drafts.filter(pk__in=numbers)).order_by("-pk")
