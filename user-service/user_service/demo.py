"""The people of the demo. Their password is public, so they are for trying things out only."""

from datetime import time
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.dialects.postgresql import insert

from chassis.clock import now
from user_service.models import (
    Application,
    AppliedRole,
    MailPreference,
    QuietHours,
    Report,
    ReportedThing,
    ReportKind,
    Role,
    SecondFactor,
    User,
    db,
)
from user_service.notification_kinds import NotificationKind
from user_service.runtime import runtime

PASSWORD = "study-together-daily"  # noqa: S105  # no secret
# Of the person with a second factor.
PROTECTED, SECRET = "shimon", "LYCEUMDEMOSECRETLYCEUMDEMOSECRET"  # no secret either
# A person whose application waits for the admin.
APPLICANT, APPLICATION = (
    "tamar",
    "I have taught Talmud to adults for six years, in Portuguese and English.",
)
# A person who has reported another.
REPORTER, REPORTED = "david", "yael"
# A person who has chosen what they are told of, and where: by e-mail, in the app.
CHOOSER = "david"
CHOSEN = {
    NotificationKind.SESSION_CANCELLED: (True, True),
    NotificationKind.INVITATION: (False, True),
    NotificationKind.PERSON_LEFT: (False, False),
}
QUIET_FROM, QUIET_UNTIL = time(22), time(6, 30)
PEOPLE = {
    "ruth": ("Ruth Adler", "Asia/Jerusalem", [Role.LEARNER, Role.TUTOR]),
    "boaz": ("Boaz Levi", "Asia/Jerusalem", [Role.LEARNER]),
    "naomi": ("Naomi Stern", "Europe/Berlin", [Role.LEARNER]),
    "david": ("David Mekonnen", "Africa/Addis_Ababa", [Role.LEARNER]),
    "miriam": ("Miriam Katz", "Europe/London", [Role.LEARNER]),
    "esther": ("Esther Franco", "Europe/Madrid", [Role.LEARNER, Role.AUTHOR]),
    "hillel": ("Hillel Weiss", "America/New_York", [Role.LEARNER, Role.TUTOR]),
    "yael": ("Yael Cohen", "America/Los_Angeles", [Role.LEARNER]),
    "shimon": ("Shimon Gold", "Europe/Paris", [Role.LEARNER]),
    "tamar": ("Tamar Silva", "America/Sao_Paulo", [Role.LEARNER]),
    "admin": ("Ada Admin", "UTC", [Role.LEARNER, Role.ADMIN]),
}


def load() -> int:
    """Add the people of the demo who are not there; the number of them."""
    hasher = runtime().hasher
    with hasher.turn():
        password_hash = hasher.hash(PASSWORD)
    rows = [
        {
            "id": demo_id(username),
            "email": f"{username}@lyceum.example",
            "username": username,
            "display_name": name,
            "password_hash": password_hash,
            "timezone": timezone,
            "roles": list(map(str, roles)),
            "email_verified_at": now(),
            "version": 1,
        }
        for username, (name, timezone, roles) in PEOPLE.items()
    ]
    insertion = insert(User).on_conflict_do_nothing().returning(User.id)
    added = db.session.scalars(insertion, rows).all()
    if demo_id(PROTECTED) in added:
        sealed = runtime().sealer.seal(SECRET)
        factor = SecondFactor(user_id=demo_id(PROTECTED), sealed_secret=sealed, confirmed_at=now())
        db.session.add(factor)
    if demo_id(APPLICANT) in added:
        wanted = {"role": AppliedRole.TUTOR, "text": APPLICATION, "subjects": ["Talmud", "Mishnah"]}
        db.session.add(Application(user_id=demo_id(APPLICANT), **wanted))
    if demo_id(REPORTER) in added:
        db.session.add(_report())
    if demo_id(CHOOSER) in added:
        db.session.add_all(_preferences())
    db.session.flush()
    return len(added)


def _preferences() -> list[MailPreference | QuietHours]:
    """One person wants some notifications elsewhere than others do, and no e-mails at night."""
    person = demo_id(CHOOSER)
    chosen = [
        MailPreference(user_id=person, kind=kind, wanted=email, in_app=in_app)
        for kind, (email, in_app) in CHOSEN.items()
    ]
    return [*chosen, QuietHours(user_id=person, begins=QUIET_FROM, ends=QUIET_UNTIL)]


def _report() -> Report:
    """One person reports another, whose profile an admin may look at."""
    name, *_ = PEOPLE[REPORTED]
    return Report(
        about=ReportedThing.PERSON,
        about_id=demo_id(REPORTED),
        author_id=demo_id(REPORTED),
        words={"username": REPORTED, "display_name": name, "bio": None, "avatar_url": None},
        kind=ReportKind.IMPERSONATION,
        text="This is not the Yael who taught me.",
        reporter_id=demo_id(REPORTER),
    )


def demo_id(username: str) -> UUID:
    """The id of a person of the demo, the same in every service."""
    return uuid5(NAMESPACE_URL, f"lyceum:demo:{username}")
