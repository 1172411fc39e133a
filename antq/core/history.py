"""The change log: every insert, update and delete of a logged table, kept by the database.

Triggers write it, so bulk writes and raw SQL are in it too, and nobody changes or deletes a line
of it (docs/adr/0008). A line is the whole row after the change (of a delete: before it), with the
account and the address of the request; without them it was the program itself, or the database.
"""

import pghistory
import pgtrigger
from django.db import models


def logged(*, exclude: tuple[str, ...] = ()):
    """Decorator of a model: its changes go to `<Model>Event`.

    exclude: fields whose value is a secret, or follows from others; a change of those alone
    leaves no line. Generated columns are left out by themselves.
    """

    def track(model: type[models.Model]) -> type[models.Model]:
        generated = [field.name for field in model._meta.local_fields if field.generated]
        name = f"lịch sử: {model._meta.verbose_name}"
        index = models.Index(fields=["pgh_obj", "pgh_id"], name=f"{model._meta.model_name}_log")
        return pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            exclude=[*generated, *exclude],
            append_only=True,
            # One statement of a bulk write is one statement of the log.
            level=pgtrigger.Statement,
            meta={"verbose_name": name, "verbose_name_plural": name, "indexes": [index]},
        )(model)

    return track
