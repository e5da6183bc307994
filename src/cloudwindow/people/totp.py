"""Codes that change with time (TOTP, RFC 6238) and codes for the day on which the generator is lost.

Our own thirty lines: a library answers whether a code fits, and we must know for which step, so that it fits once.
"""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode
from uuid import UUID

STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1
"""Steps by which a person's clock may be wrong, either way (RFC 6238 §5.2)."""

SECRET_BYTES = 20
"""As long as the digest (RFC 4226 §4, R6)."""

RECOVERY_CODES = 10
_RECOVERY_BYTES = 10  # 80 bits: a digest without a salt per code cannot be searched
_GROUP = 4


def new_secret() -> str:
    """Make a secret, in base32 as generators take it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, step: int, digits: int = DIGITS) -> str:
    """Return the code of a time step (RFC 4226 §5.3, HMAC-SHA-1)."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    at = mac[-1] & 0x0F
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_of(timestamp: float) -> int:
    """Return the time step of a Unix time in seconds."""
    return int(timestamp // STEP_SECONDS)


def accepted_step(secret: str, code: str, timestamp: float, last_step: int) -> int | None:
    """Return the step for which a code fits now, none that was used up already; null when it does not fit."""
    now = step_of(timestamp)
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > last_step and hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None


def address(secret: str, account: str, issuer: str) -> str:
    """Return what a generator reads from the QR code (`otpauth://`, the Key URI format)."""
    label = quote(f"{issuer}:{account}")
    given = {"secret": secret, "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{label}?{urlencode(given, quote_via=quote)}"


def new_recovery_code() -> str:
    """Make a code of four groups of four letters and digits."""
    text = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def recovery_digest(staff_id: UUID, code: str) -> bytes:
    """Return what is kept of a recovery code, however it was typed."""
    plain = "".join(each for each in code.lower() if each.isalnum())
    return hashlib.sha256(f"{staff_id}|{plain}".encode()).digest()
