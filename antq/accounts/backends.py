from django.contrib.auth.backends import ModelBackend


class LockingBackend(ModelBackend):
    pass
