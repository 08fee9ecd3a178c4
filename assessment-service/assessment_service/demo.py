"""Assessments and sessions of the demo people, made by the rules that make all others."""

from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select

from assessment_service import answers, completion, documents, drafts, kinds, sessions, starting
from assessment_service.definitions import Question
from assessment_service.expiry import LIFETIME
from assessment_service.models import Assessment, db
from assessment_service.sessions import Standing
from chassis.clock import now

INTERESTS = "study-interests"
QUIZ = "solar-system-quiz"
AUTHOR = "esther"


def person(username: str) -> UUID:
    """The id of a demo person, the same in every service."""
    return uuid5(NAMESPACE_URL, f"lyceum:demo:{username}")


def load() -> str:
    """Publish the shipped assessments and let people take them, unless that was done before.

    What was done, in words.
    """
    if db.session.scalar(select(Assessment.id).filter_by(slug=INTERESTS)):
        return "demo assessments are there already"
    for file in documents.shipped():
        drafts.release(drafts.import_document(documents.read(file), person(AUTHOR)))
    if not drafts.has_default():
        drafts.make_default(INTERESTS)
    for position, username in enumerate(("boaz", "miriam", "hillel")):
        _complete(_take(username, INTERESTS, position, 1.0))
    _complete(_take("ruth", QUIZ, 1, 1.0))
    _take("ruth", INTERESTS, 2, 0.5)
    _take("tamar", QUIZ, 0, 0.3)
    naomi = _take("naomi", INTERESTS, 3, 0.2)
    sessions.abandon(naomi.session.session_id, person("naomi"))
    # Expired, as nothing is by the rules before a month has passed.
    forgotten = _take("david", INTERESTS, 1, 0.4).session
    forgotten.last_activity = now() - LIFETIME - timedelta(days=10)
    forgotten.created_at = forgotten.last_activity - timedelta(minutes=10)
    return "demo assessments loaded"


def _take(username: str, slug: str, taste: int, share: float) -> Standing:
    standing = starting.start(person(username), slug)
    questions = list(standing.version.questions.items())
    for question_id, question in questions[: int(len(questions) * share)]:
        answer = {"question_id": question_id, "value": some_answer(question, taste)}
        answers.submit(person(username), standing.session.session_id, answer)
    return sessions.standing(sessions.find(standing.session.session_id, person(username)))


def _complete(standing: Standing) -> None:
    completion.complete(standing.session.session_id, standing.session.user_id)


def some_answer(question: Question, taste: int) -> Any:
    """An answer to the question; another taste, often another answer."""
    match question.kind:
        case kinds.Scale() as scale:
            steps = (scale.most - scale.least) // scale.step
            return scale.least + (taste * 7 + len(question.text)) % (steps + 1) * scale.step
        case kinds.Number() as number:
            return int(number.least) + (taste * 11) % int(number.most - number.least)
        case kinds.TrueFalse():
            return taste % 2 == 0
        case kinds.SingleChoice() as choice:
            return choice.options[taste % len(choice.options)].key
        case kinds.MultipleChoice() as choice:
            return [
                option.key for option in choice.options[: max(choice.least, taste % choice.most)]
            ]
        case kinds.Ordering() as ordering:
            keys = [option.key for option in ordering.options]
            return keys[taste % len(keys) :] + keys[: taste % len(keys)]
        case _:
            return "How a text changes when two people read it."
