"""RULES: published versions: which one is started now, and what a pinned one consists of."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from cachetools import LRUCache
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from assessment_service import definitions
from assessment_service.definitions import Definition
from assessment_service.models import Assessment, AssessmentVersion, Page, Question, db
from chassis import pages
from chassis.data.keyset import ordered
from chassis.errors import NotFound


class AssessmentNotFound(NotFound):
    """There is no published assessment of this name."""

    code = "assessment_not_found"


@dataclass(frozen=True)
class Pinned:
    """A published version with the ids of its pages and questions. It never changes, so each
    process keeps it.
    """

    id: int
    assessment_id: int
    slug: str
    number: int
    definition: Definition
    page_ids: dict[str, int]
    question_ids: dict[str, int]

    @cached_property
    def questions(self) -> dict[int, definitions.Question]:
        """The questions by id."""
        return {self.question_ids[question.key]: question for question in self.definition.questions}

    @cached_property
    def page_of(self) -> dict[int, int]:
        """The id of the page of each question."""
        found = {}
        for page in self.definition.pages:
            for question in page.questions:
                found[self.question_ids[question.key]] = self.page_ids[page.key]
        return found

    @property
    def needs_account(self) -> bool:
        return not self.definition.public

    @property
    def pages_total(self) -> int:
        return len(self.page_ids)

    @property
    def questions_total(self) -> int:
        return len(self.question_ids)

    @cached_property
    def page_by_id(self) -> dict[int, definitions.Page]:
        return {self.page_ids[page.key]: page for page in self.definition.pages}


# Each look into it changes its order, so that reading needs the lock as much as writing.
_kept: LRUCache[int, Pinned] = LRUCache(256)
_lock = threading.Lock()


def pinned(version_id: int) -> Pinned:
    """The published version of this id."""
    with _lock:
        known: Pinned | None = _kept.get(version_id)
    # Loaded without the lock, for which all others would wait: two may load the same, which never
    # changes.
    return known or _load([version_id])[version_id]


def pin_all(version_ids: Iterable[int]) -> dict[int, Pinned]:
    """Several published versions, in a constant number of statements."""
    wanted = set(version_ids)
    with _lock:
        known: dict[int, Pinned] = {i: _kept[i] for i in wanted if i in _kept}
    missing = wanted - known.keys()
    if missing:
        known |= _load(missing)
    return known


def _load(version_ids: Iterable[int]) -> dict[int, Pinned]:
    versions = db.session.scalars(
        select(AssessmentVersion)
        .join(AssessmentVersion.assessment)
        .options(contains_eager(AssessmentVersion.assessment))
        .where(AssessmentVersion.id.in_(version_ids), AssessmentVersion.published_at.is_not(None))
    ).all()
    rows = db.session.execute(
        select(Page.version_id, Page.key, Page.id, Question.key, Question.id)
        .outerjoin(Question, Question.page_id == Page.id)
        .where(Page.version_id.in_(version_ids))
    ).all()
    page_ids: dict[int, dict[str, int]] = {version.id: {} for version in versions}
    question_ids: dict[int, dict[str, int]] = {version.id: {} for version in versions}
    for version_id, page_key, page_id, question_key, question_id in rows:
        page_ids[version_id][page_key] = page_id
        if question_id:
            question_ids[version_id][question_key] = question_id
    loaded = {}
    for version in versions:
        loaded[version.id] = Pinned(
            version.id,
            version.assessment_id,
            version.assessment.slug,
            version.number,
            definitions.of_document(version.definition),
            page_ids[version.id],
            question_ids[version.id],
        )
    with _lock:
        _kept.update(loaded)
    return loaded


def current(slug: str | None) -> Pinned:
    """The version that is started now of this assessment, or of the default one."""
    named = Assessment.slug == slug
    if slug is None:
        named = Assessment.is_default.is_(True)
    version_id = db.session.scalar(
        select(AssessmentVersion.id)
        .join(AssessmentVersion.assessment)
        .where(named, AssessmentVersion.is_current)
    )
    if version_id is None:
        raise AssessmentNotFound
    return pinned(version_id)


def published(limit: int, cursor: str | None) -> pages.Page[Pinned]:
    """Everything that can be started, by slug."""
    query = (
        select(AssessmentVersion.id, Assessment.slug)
        .join(AssessmentVersion.assessment)
        .where(AssessmentVersion.is_current)
    )
    rows: Sequence[tuple[int, str]] = db.session.execute(
        ordered(query, [Assessment.slug], limit, cursor)
    ).all()
    known = pin_all(version_id for version_id, _ in rows)
    return pages.cut(
        [known[version_id] for version_id, _ in rows], limit, lambda version: (version.slug,)
    )
