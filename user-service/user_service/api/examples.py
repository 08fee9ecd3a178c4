"""Words for the examples in the documentation: the people of the demo, and a new person."""

from chassis.web.openapi_examples import RUTH, Vocabulary
from user_service.notification_kinds import NotificationKind

MAILED = "3vQm0c8yT1Zr5sWkXbN7hJ2dLfPgA9eUoRiK4tM6qYw"

WANTED = {"reminder": True, "session_moved": True, "waitlist_promotion": False}
UNSUBSCRIBE_TOKEN = "6b0RZxq4mXr" * 6 + "TnW2sEoYuK8d"
CREDENTIAL_ID = "TwxsHy8KWjWfDl8MbB8aEQ"
HANDLE = "DWsCpZTSWrCZprvfpuVdig"
CHALLENGE = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
CREDENTIAL = {
    "id": CREDENTIAL_ID,
    "rawId": CREDENTIAL_ID,
    "type": "public-key",
    "authenticatorAttachment": "platform",
    "clientExtensionResults": {},
}

EXAMPLES: Vocabulary = {
    "Account.id": RUTH,
    "Application.role": "author",
    "Application.status": "declined",
    "NewApplication.role": "author",
    "SeenApplication.role": "author",
    "SeenApplication.status": "declined",
    "SeenApplicationQuery.role": "author",
    "SeenApplicationQuery.status": "pending",
    "AccountChanges.bio": "Teaches Mishnah in the evenings.",
    "AccountChanges.display_name": "Ruth Adler",
    "Device.current": True,
    "Login.login": "ruth",
    "Logout.refresh_token": "kP2v7Yw0XzQm5sT8bN1hJ4dLfRgA6eUoCiK9tM3qWxE",
    "NotificationPreferences.email": {str(kind): True for kind in NotificationKind},
    "NotificationPreferenceChanges.email": WANTED,
    "NewPasskey.name": "Phone",
    "NewPasskeyCredential": {
        **CREDENTIAL,
        "response": {
            "clientDataJSON": (
                "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiQUFFQ0F3UUZCZ2NJQ1FvTERBME9E"
                "eEFSRWhNVUZSWVhHQmthR3h3ZEhoOCIsIm9yaWdpbiI6Imh0dHBzOi8vbHljZXVtLmV4YW1wbGUiLCJj"
                "cm9zc09yaWdpbiI6ZmFsc2V9"
            ),
            "attestationObject": (
                "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YViUs2kYE4t0DP63qyC_gb-aXbZJzQUmHdIjFwg4F4iB"
                "0XdFAAAAAAAAAAAAAAAAAAAAAAAAAAAAEE8MbB8vClo1nw5fDGwfGhGlAQIDJiABIVgggII64N7kqD8a"
                "MR1hJtgZwtooQwjuWriQClGGsN7Z1LoiWCCLhPM50b3RJOfP6iP-iYa3TbxREFA1v66BRo2oLxUEdw"
            ),
        },
    },
    "Passkey.backed_up": True,
    "Passkey.name": "Phone",
    "PasskeyAssertion": {
        **CREDENTIAL,
        "response": {
            "clientDataJSON": (
                "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFS"
                "RWhNVUZSWVhHQmthR3h3ZEhoOCIsIm9yaWdpbiI6Imh0dHBzOi8vbHljZXVtLmV4YW1wbGUiLCJjcm9z"
                "c09yaWdpbiI6ZmFsc2V9"
            ),
            "authenticatorData": "s2kYE4t0DP63qyC_gb-aXbZJzQUmHdIjFwg4F4iB0XcFAAAAAA",
            "signature": (
                "MEYCIQD08x4w-D1mjsZRunX2flZkNBpluIfqDcBou-Ty1P4wAQIhAOwUBDUpDjKriDo8jrMHnKT59KLY"
                "spuLVyeXf8Wea5VV"
            ),
            "userHandle": HANDLE,
        },
    },
    "PasskeyChanges.name": "Old phone",
    "PasskeyCreationOptions": {
        "rp": {"id": "lyceum.example", "name": "Lyceum"},
        "user": {"id": HANDLE, "name": "ruth", "displayName": "Ruth Adler"},
        "challenge": CHALLENGE,
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (-7, -8, -257)],
        "timeout": 300_000,
        "excludeCredentials": [],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
    },
    "PasskeyRequestOptions": {
        "challenge": CHALLENGE,
        "timeout": 300_000,
        "rpId": "lyceum.example",
        "userVerification": "required",
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
    "pending_email": None,
    "otpauth_url": "otpauth://totp/Lyceum:ruth?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Lyceum",
    "qr_code": '<svg xmlns="http://www.w3.org/2000/svg" width="148" height="148"></svg>',
    "recovery_codes": ["k7qd2m-x3bnwa-e5ztly-4gchrs", "p2vfjx-u6okib-n7yqwd-3sletm"],
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "SeenUser.id": RUTH,
    "has_second_factor": True,
    "last_signed_in_at": "2030-03-01T18:05:00Z",
    "lift_reason": "It was a mistake.",
    "lifted_at": "2030-03-03T09:00:00Z",
    "lifted_by": "c6b3c4f9-2f0a-5a35-9f0e-5f0c6c1f1a11",
    "decided_at": "2030-03-02T09:00:00Z",
    "decided_by": "c6b3c4f9-2f0a-5a35-9f0e-5f0c6c1f1a11",
    "subjects": ["Mishnah", "Aramaic"],
    "text": "I have taught Mishnah to beginners for ten years.",
    "Application.reason": "Tell us more of what you teach.",
    "SeenApplication.reason": "Tell us more of what you teach.",
    "reason": "Spam.",
    "suspended_at": "2030-03-02T09:00:00Z",
    "suspended_by": "c6b3c4f9-2f0a-5a35-9f0e-5f0c6c1f1a11",
    "ticket": "Zt8Qn3Vw6Xb1Rk5Jy9Ms2Lc7Hd4Gf0Pa-UoEiT_WqNs",
    "enabled": True,
    "enabled_at": "2030-02-24T09:45:00Z",
    "recovery_codes_left": 9,
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
    "unsubscribe_token": UNSUBSCRIBE_TOKEN,
    "unread": True,
    "url": f"https://lyceum.example/api/calendar/{MAILED}.ics",
    "user_id": RUTH,
    "username": "ruth",
}
