"""The requests that the bridge's presets make of the events of events.py, with a mapping written by hand. whole.py compares the two."""


def request_of(event):
    """Method, path, body, and what makes a repetition known."""
    if event["type"] == "identify":
        traits = event["traits"]
        body = {**traits, "source": "Segment", "userId": event["userId"], "mailingLists": {}}
        return "PUT", "/contacts/update", body, None
    properties = event["properties"]
    body = {
        "email": properties["email"],
        "eventName": event["event"],
        "userId": event["userId"],
        "eventProperties": properties,
    }
    return "POST", "/events/send", body, event["messageId"]
