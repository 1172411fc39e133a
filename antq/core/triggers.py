"""Triggers in migrations."""

from pgtrigger import migrations


class AddTrigger(migrations.AddTrigger):
    """As the library's, without rendering the model and all that is related to it once more.

    A trigger changes nothing that Django knows of a model; a hundred of them took a third of the
    time of all migrations.
    """

    def state_forwards(self, app_label, state):
        options = state.models[app_label, self.model_name].options
        options["triggers"] = [*options.get("triggers", []), self.trigger]
