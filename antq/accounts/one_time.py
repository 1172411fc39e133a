"""Passwords that are handed out on paper and must be changed at the first sign-in.

They are never stored in clear: who makes them shows them once.
"""

import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.views.decorators.debug import sensitive_variables

from antq.accounts.models import User

# Nothing that is mistaken on paper (0 O 1 l I), no capital, and nothing that a Vietnamese keyboard
# (Telex, VNI) makes another letter of: no vowel, no d, no w.
ALPHABET = "bcfghjkmnpqrstvxz23456789"
GROUPS, LETTERS = 3, 4
# A slow hash protects what people think up. These 55 random bits need none, and hundreds are made
# at once; Django hashes them anew, slowly, at the first sign-in.
ITERATIONS = 20_000


@dataclass(frozen=True)
class Slip:
    """What a person is handed: the account and its password, in clear."""

    user: User
    unit: str
    password: str


def one_time_password() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))
    return "-".join(groups)


@sensitive_variables("password")
def give_password(user: User) -> str:
    """Set a new one on the unsaved `user`, to be changed at once; returns it in clear."""
    password = one_time_password()
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        user.password = hasher.encode(password, hasher.salt(), iterations=ITERATIONS)
    else:
        user.set_password(password)
    user.must_change_password = True
    return password
