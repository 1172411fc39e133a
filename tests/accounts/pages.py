"""Reading pages as a browser does: the forms on them and what they would send."""

from html.parser import HTMLParser


class _Forms(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append((attrs.get("action", ""), []))
        elif tag == "input" and self.forms and attrs.get("name"):
            self.forms[-1][1].append((attrs["name"], attrs.get("value") or ""))


def form_to(response, address):
    """{name: [values]} of the form on a page that goes to `address`."""
    parser = _Forms()
    parser.feed(response.content.decode())
    found = [fields for action, fields in parser.forms if action == address]
    assert len(found) == 1, f"{len(found)} forms to {address} in {parser.forms}"
    values = {}
    for name, value in found[0]:
        values.setdefault(name, []).append(value)
    return values
