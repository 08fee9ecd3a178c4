"""Words for the examples in the documentation: a questionnaire about ways to study, half answered."""

from chassis.web.openapi_examples import Vocabulary

SESSION = "3q2-7wAAu_2lVbM9cfR1Kg"
TITLE = "How do you like to study?"
QUESTION = "I gladly read a difficult paragraph a third time."
SCALE = {"least": 1, "most": 5, "step": 1, "least_label": "not at all", "most_label": "entirely"}
DEFINITION = {
    "title": "Study habits",
    "description": "When and how you study best.",
    "dimensions": [
        {
            "key": "mornings",
            "title": "An early bird",
            "method": "mean",
            "bands": [
                {"from": 1, "to": 3, "label": "at night", "text": "Look for late sessions."},
                {"from": 3, "to": 5, "label": "in the morning", "text": "Look for early sessions."},
            ],
        }
    ],
    "pages": [
        {
            "key": "day",
            "title": "The day",
            "questions": [
                {
                    "key": "before-breakfast",
                    "type": "likert",
                    "text": "I have my best thoughts before breakfast.",
                    "scale": {
                        "least": 1,
                        "most": 5,
                        "least_label": "never",
                        "most_label": "always",
                    },
                    "scores": [{"dimension": "mornings"}],
                }
            ],
        }
    ],
}

EXAMPLES: Vocabulary = {
    "AnswerOutcome.status": "saved",
    "Assessment.pages": 5,
    "Assessment.questions": 25,
    "AssessmentVersionDocument.slug": "study-habits",
    "DimensionResult.key": "texts",
    "DimensionResult.title": "Reading closely",
    "NewAssessmentSession.assessment": "study-interests",
    "PageSummary.questions_answered": 2,
    "PageSummary.questions_total": 4,
    "PageSummary.title": "With a text before you",
    "ResultBand": {"label": "very much", "text": "Look for this first."},
    "ShownPage.title": "With a text before you",
    "ShownQuestion": {
        "id": 1,
        "type": "likert",
        "text": QUESTION,
        "required": True,
        "scale": SCALE,
    },
    "StatusCounts": {"active": 2, "completed": 9, "user_abandoned_not_completed": 1, "expired": 0},
    "answered": 11,
    "answered_at": "2030-02-26T20:15:00Z",
    "assessment": "study-interests",
    "assessments_completed": 2,
    "attempt": 1,
    "completed_percent": 75.0,
    "current_page_id": 1,
    "definition": DEFINITION,
    "description": "Short questions about what draws you to a subject and how you work on it.",
    "detail": None,
    "distribution": [{"choice": "4", "label": "4", "times": 7, "chosen_percent": 63.6}],
    "expires_at": "2030-03-28T20:15:00Z",
    "highest": 5.0,
    "is_current": True,
    "key": "reread",
    "last_activity": "2030-02-26T20:15:00Z",
    "lowest": 1.0,
    "median_seconds": 312.0,
    "page_id": 1,
    "reached_percent": 80.0,
    "published_at": "2030-02-25T18:05:00Z",
    "questions_answered": 10,
    "questions_counted": 4,
    "questions_total": 25,
    "rank": 1,
    "reason": None,
    "score": 4.2,
    "session_id": SESSION,
    "slug": "study-interests",
    "started": 12,
    "starts_at": "2030-02-26T20:00:00Z",
    "text": QUESTION,
    "title": TITLE,
    "total_xp": 100,
    "type": "likert",
    "valid": True,
    "value": 4,
    "xp_gained": 10,
}
