from django.conf import settings
from django.contrib.auth.backends import ModelBackend

from antq.accounts import lockout
from antq.accounts.models import User
from antq.core.permissions import Permission

LONGEST = User._meta.get_field("username").max_length


class LockingBackend(ModelBackend):
    """Passwords with lock-out, and permissions in the admin from the roles held today."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        # What the database could not even store is the name of nobody.
        if not username or not password or "\0" in username or len(username) > LONGEST:
            return None
        name = User.normalize_username(username)[:LONGEST]
        if not lockout.begin_attempt(name, lockout.client_address(request)):
            return None
        user = super().authenticate(request, username=name, password=password)
        if user is not None:
            lockout.succeed(name)
        return user

    def user_can_authenticate(self, user):
        """The password of a demo account is public: outside the demo it opens nothing."""
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)

    def has_perm(self, user_obj, perm, obj=None):
        return user_obj.is_active and user_obj.holds_everywhere(Permission.ADMINISTER)

    def has_module_perms(self, user_obj, app_label):
        return self.has_perm(user_obj, app_label)
