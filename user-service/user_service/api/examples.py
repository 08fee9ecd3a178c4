"""Words for the examples in the documentation: the people of the demo, and a new person."""

from chassis.web.openapi_examples import RUTH, Vocabulary

MAILED = "3vQm0c8yT1Zr5sWkXbN7hJ2dLfPgA9eUoRiK4tM6qYw"

EXAMPLES: Vocabulary = {
    "Account.id": RUTH,
    "AccountChanges.bio": "Teaches Mishnah in the evenings.",
    "AccountChanges.display_name": "Ruth Adler",
    "Device.current": True,
    "Login.login": "ruth",
    "Logout.refresh_token": "kP2v7Yw0XzQm5sT8bN1hJ4dLfRgA6eUoCiK9tM3qWxE",
    "NotificationPreferenceChanges": {
        "reminder": True,
        "session_moved": True,
        "waitlist_promotion": False,
    },
    "Profile.id": RUTH,
    "ProfileOrDeleted": {
        "id": RUTH,
        "display_name": "Ruth Adler",
        "username": "ruth",
        "avatar_url": None,
        "bio": "Teaches Mishnah in the evenings.",
        "created_at": "2030-02-24T09:30:00Z",
    },
    "UserRoles.id": RUTH,
    "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwZDZiMDJhNSJ9.c2lnbmF0dXJl",
    "avatar_url": None,
    "bio": "Teaches Mishnah in the evenings.",
    "current_password": "study-together-daily",
    "data": {
        "session_id": "e2e99d12-4757-52c0-b411-59ca1b5514a8",
        "starts_at": "2030-03-05T17:00:00Z",
    },
    "device_token": "m4Wb9XyQe1Zs7TfKpR2uLd8NhGcV5aJoBiY3xM0tCkE",
    "display_name": "Ruth Adler",
    "email": "ruth@lyceum.example",
    "email_verified": True,
    "expires_in": 900,
    "keys": [
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            "kid": "2030-02",
            "use": "sig",
            "alg": "ES256",
        }
    ],
    "last_read_at": "2030-03-01T17:40:00Z",
    "last_used_at": "2030-03-01T18:05:00Z",
    "locale": "he-IL",
    "new_password": "eighteen fig trees",
    "password": "study-together-daily",
    "refresh_token": "kP2v7Yw0XzQm5sT8bN1hJ4dLfRgA6eUoCiK9tM3qWxE",
    "roles": ["learner", "tutor"],
    "status": "accepted",
    "token": MAILED,
    "token_type": "Bearer",
    "unread": True,
    "url": f"https://lyceum.example/api/calendar/{MAILED}.ics",
    "user_id": RUTH,
    "username": "ruth",
}
