"""RULES: authors write drafts and publish them as versions that never change again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select, true, update
from sqlalchemy.orm import aliased, contains_eager

from assessment_service import definitions, models, scoring
from assessment_service.definitions import Definition
from assessment_service.models import Assessment, AssessmentVersion, db
from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.data.keyset import ordered
from chassis.data.limits import LimitReached, require_room
from chassis.errors import Conflict, Invalid, NotFound
from chassis.pages import Page, cut
from chassis.versions import ANY, ExpectedVersion

POINTER = "/definition"  # where a body has the document


class SlugTaken(Conflict):
    """There is an assessment of this name."""

    code = "slug_taken"


class DraftExists(Conflict):
    """There is a draft already."""

    code = "draft_exists"


class Incomplete(Invalid):
    """The draft cannot be published as it is."""

    code = "incomplete"


class DraftNotFound(NotFound):
    """There is no draft of this assessment."""

    code = "draft_not_found"


class AssessmentLimitReached(LimitReached):
    """You have written as many assessments as one author may; `most` is how many."""

    code = "assessment_limit_reached"
    most = 200


class VersionLimitReached(LimitReached):
    """The assessment has as many versions as it may; `most` is how many."""

    code = "version_limit_reached"
    most = 500


@dataclass(frozen=True)
class Written:
    """An assessment as its author's list shows it: what its newest version says, and what is published."""

    id: int
    slug: str
    is_default: bool
    created_at: datetime
    title: str
    updated_at: datetime
    has_draft: bool
    published_number: int | None
    published_at: datetime | None


def begin(author_id: UUID | None, slug: str, document: dict[str, Any]) -> AssessmentVersion:
    """A new assessment with its first draft."""
    definitions.check(definitions.of_document(document), POINTER)
    own = select(Assessment.id).where(Assessment.author_id == author_id)
    require_room(db.session, AssessmentLimitReached, own, of=author_id)
    return _begin(author_id, slug, document)


def _begin(author_id: UUID | None, slug: str, document: dict[str, Any]) -> AssessmentVersion:
    assessment = Assessment(slug=slug, author_id=author_id)
    db.session.add(assessment)
    db.session.flush()
    return _add_draft(assessment, document)


def list_own(caller: Caller, limit: int, cursor: str | None) -> Page[Written]:
    """The assessments that the caller wrote, newest first; an admin sees all."""
    query = select(Assessment)
    if "admin" not in caller.roles:
        query = query.where(Assessment.author_id == caller.id)
    # The page first: what its rows need of their versions is read for no others.
    page = ordered(query, [Assessment.id], limit, cursor, descending=True).subquery()
    rows = db.session.execute(_written(aliased(Assessment, page))).all()
    return cut([Written(*row) for row in rows], limit, lambda written: (written.id,))


def own(caller: Caller, slug: str, *, lock: bool = False) -> Assessment:
    """The assessment, if the caller wrote it or is an admin; strangers do not learn that there is one."""
    query = select(Assessment).filter_by(slug=slug)
    if lock:
        query = query.with_for_update()
    assessment = db.session.scalar(query)
    if assessment is None or not (assessment.author_id == caller.id or "admin" in caller.roles):
        raise NotFound
    return assessment


def versions(caller: Caller, slug: str, limit: int, cursor: str | None) -> Page[AssessmentVersion]:
    """The versions of an assessment, newest first."""
    query = _versions().where(AssessmentVersion.assessment_id == own(caller, slug).id)
    rows = db.session.scalars(
        ordered(query, [AssessmentVersion.number], limit, cursor, descending=True)
    ).all()
    return cut(rows, limit, lambda version: (version.number,))


def version(caller: Caller, slug: str, number: int) -> AssessmentVersion:
    """One version of an assessment with its whole definition, for those who wrote it."""
    query = _versions().where(AssessmentVersion.assessment_id == own(caller, slug).id)
    found = db.session.scalar(query.where(AssessmentVersion.number == number))
    if found is None:
        raise NotFound
    return found


def published_version(caller: Caller, slug: str, number: int) -> AssessmentVersion:
    """One version of an assessment, unless it is a draft."""
    found = version(caller, slug, number)
    if found.published_at is None:
        raise NotFound
    return found


def draft(caller: Caller, slug: str) -> AssessmentVersion:
    """The draft of an assessment."""
    return _draft(own(caller, slug))


def redraft(caller: Caller, slug: str) -> AssessmentVersion:
    """A new draft that begins as a copy of the newest version."""
    assessment = own(caller, slug, lock=True)
    newest = db.session.scalar(_newest(assessment))
    if newest is None or newest.published_at is None:
        raise DraftExists
    if newest.number >= VersionLimitReached.most:
        raise VersionLimitReached
    return _add_draft(assessment, newest.definition)


def rewrite(
    caller: Caller, slug: str, document: dict[str, Any], expected: ExpectedVersion
) -> AssessmentVersion:
    """Replace the draft, if it is still the version that is expected."""
    definitions.check(definitions.of_document(document), POINTER)
    changed = _draft(own(caller, slug, lock=True), expected)
    changed.definition = document
    db.session.flush()
    return changed


def discard(caller: Caller, slug: str, expected: ExpectedVersion) -> None:
    """Throw the draft away, and the assessment with it if nothing of it was ever published."""
    assessment = own(caller, slug, lock=True)
    unwanted = _draft(assessment, expected)
    # A draft with the number 1 has nothing published before it.
    db.session.delete(assessment if unwanted.number == 1 else unwanted)
    db.session.flush()


def publish(caller: Caller, slug: str, expected: ExpectedVersion) -> AssessmentVersion:
    """Make the draft the version that is started from now on. Sessions that run stay with theirs."""
    return release(_draft(own(caller, slug, lock=True), expected))


def release(chosen: AssessmentVersion) -> AssessmentVersion:
    """Publish a draft whose assessment is locked."""
    definition = definitions.of_document(chosen.definition)
    check_complete(definition)
    # The former one first, because there is one current version at any moment (unique key). A
    # change of rows goes past the mapper that counts revisions, so it is counted here: the `ETag`
    # of before names something else.
    db.session.execute(
        update(AssessmentVersion)
        .where(
            AssessmentVersion.assessment_id == chosen.assessment_id, AssessmentVersion.is_current
        )
        .values(is_current=False, revision=AssessmentVersion.revision + 1)
    )
    chosen.published_at = now()
    chosen.is_current = True
    for position, page in enumerate(definition.pages, 1):
        _give_ids(chosen, page, position)
    db.session.flush()
    return chosen


def check_complete(definition: Definition) -> None:
    """`Invalid` with whatever keeps the definition from being published."""
    errors = scoring.gaps(definition)
    if not definition.pages:
        errors.append({"pointer": "/pages", "detail": "There is no page."})
    if definition.public and (definition.max_attempts or definition.hours_between_attempts):
        errors.append(
            {
                "pointer": "/audience",
                "detail": "Attempts of people without an account cannot be limited.",
            }
        )
    if errors:
        raise Incomplete(
            errors=[{**error, "pointer": f"{POINTER}{error['pointer']}"} for error in errors]
        )


def import_document(
    document: Mapping[str, Any], author_id: UUID | None = None
) -> AssessmentVersion:
    """Take a document with its slug as the draft of that assessment, whether or not there is one."""
    content = dict(document)
    slug = content.pop("slug")
    definitions.check(definitions.of_document(content))
    assessment = db.session.scalar(select(Assessment).filter_by(slug=slug).with_for_update())
    if assessment is None:
        return _begin(author_id, slug, content)
    newest = db.session.scalar(_newest(assessment))
    if newest is None or newest.published_at:
        return _add_draft(assessment, content)
    newest.definition = content
    db.session.flush()
    return newest


def draft_of(slug: str) -> AssessmentVersion:
    """The draft of the assessment of this name, for the operator; the assessment is locked."""
    assessment = db.session.scalar(select(Assessment).filter_by(slug=slug).with_for_update())
    if assessment is None:
        raise NotFound
    return _draft(assessment)


def make_default(slug: str) -> None:
    """Start this assessment when none is named."""
    assessment = db.session.scalar(select(Assessment).filter_by(slug=slug))
    if assessment is None:
        raise NotFound
    # The former one first, because there is one default at any moment (unique key).
    db.session.execute(update(Assessment).where(Assessment.is_default).values(is_default=False))
    assessment.is_default = True
    db.session.flush()


def has_default() -> bool:
    """Whether there is something to start when nothing is named."""
    return bool(db.session.scalar(select(func.count()).where(Assessment.is_default)))


def _written(listed: type[Assessment]) -> Select[*tuple[Any, ...]]:
    """The columns of `Written` for these assessments, newest first."""
    newest = (
        select(
            AssessmentVersion.definition,
            AssessmentVersion.updated_at,
            AssessmentVersion.published_at,
        )
        .where(AssessmentVersion.assessment_id == listed.id)
        .order_by(AssessmentVersion.number.desc())
        .limit(1)
        .lateral("newest")
    )
    current = aliased(AssessmentVersion, name="current")
    return (
        select(
            listed.id,
            listed.slug,
            listed.is_default,
            listed.created_at,
            newest.c.definition["title"].astext,
            newest.c.updated_at,
            newest.c.published_at.is_(None),
            current.number,
            current.published_at,
        )
        .select_from(listed)
        .join(newest, true())
        .outerjoin(current, and_(current.assessment_id == listed.id, current.is_current))
        .order_by(listed.id.desc())
    )


def _versions() -> Select[AssessmentVersion]:
    return (
        select(AssessmentVersion)
        .join(AssessmentVersion.assessment)
        .options(contains_eager(AssessmentVersion.assessment))
    )


def _newest(assessment: Assessment) -> Select[AssessmentVersion]:
    query = _versions().where(AssessmentVersion.assessment_id == assessment.id)
    return query.order_by(AssessmentVersion.number.desc()).limit(1)


def _draft(assessment: Assessment, expected: ExpectedVersion = ANY) -> AssessmentVersion:
    query = _versions().where(AssessmentVersion.assessment_id == assessment.id)
    found = db.session.scalar(query.where(AssessmentVersion.published_at.is_(None)))
    if found is None:
        raise DraftNotFound
    expected.check(found.revision)
    return found


def _add_draft(assessment: Assessment, document: dict[str, Any]) -> AssessmentVersion:
    last = db.session.scalar(
        select(func.max(AssessmentVersion.number)).filter_by(assessment_id=assessment.id)
    )
    new = AssessmentVersion(assessment=assessment, number=(last or 0) + 1, definition=document)
    db.session.add(new)
    db.session.flush()
    return new


def _give_ids(version: AssessmentVersion, page: definitions.Page, position: int) -> None:
    row = models.Page(version_id=version.id, key=page.key, title=page.title, position=position)
    db.session.add(row)
    db.session.flush()
    db.session.add_all(
        models.Question(
            page_id=row.id, key=q.key, question_type=q.type, question_text=q.text, position=number
        )
        for number, q in enumerate(page.questions, 1)
    )
