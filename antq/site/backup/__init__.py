"""Everything the site knows, in one file: written by `backup`, put back by `restore` (ADR 0011)."""


class BackupError(Exception):
    """One sentence on why nothing was written, or nothing was put back."""
