"""Files as Excel writes them."""

from django.core.files.uploadedfile import SimpleUploadedFile


def sent(client, address, text, encoding="utf-8-sig", **more):
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return client.post(address, {"file": SimpleUploadedFile("x.csv", data), **more})


def save(client, address, response, **more):
    """The second step: what the preview carries is sent back."""
    return client.post(
        address, {"carried": response.context["carried"], "save": "1", **more}, follow=True
    )


def faults(response):
    return [(fault.line, fault.column) for fault in response.context["faults"]]
