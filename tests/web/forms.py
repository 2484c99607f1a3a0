"""Filling in a form of ours as a browser without JavaScript would."""

from html.parser import HTMLParser


class Form(HTMLParser):
    """The fields of the first form that posts to `action`, as a browser would send them."""

    def __init__(self, page, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.data = action, False, {}
        self.feed(page.content.decode())
        assert self.data, f"no form posts to {action}"

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.inside = given.get("action") == self.action
        elif tag == "input" and self.inside and given.get("name"):
            chosen = given.get("type") not in ("radio", "checkbox") or "checked" in given
            if chosen:
                self.data.setdefault(given["name"], given.get("value", ""))


def send(client, page, action: str, **changes):
    """Post the form to `action`, with what somebody fills in otherwise."""
    return client.post(action, Form(page, action).data | changes)
