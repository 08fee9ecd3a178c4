"""The operations, by blueprint."""

from assessment_service.api import answers, assessments, drafts, experience, export, sessions

BLUEPRINTS = [
    sessions.blueprint,
    answers.blueprint,
    assessments.blueprint,
    drafts.blueprint,
    experience.blueprint,
    export.blueprint,
]
