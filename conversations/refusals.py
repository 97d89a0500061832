"""What cannot be done now: the person's affair, answered to them alone, changing nothing."""


class NotNow(Exception):
    """Somebody asked for what can't be done, or not now. `key` names the sentence in the wording; never their words.

    `field` is the form field it is about, so that a form can show it there.
    """

    def __init__(self, key: str, *, field: str | None = None, **facts: object) -> None:
        """Refuse with the sentence `refused.{key}`, filled with `facts`."""
        super().__init__(key)
        self.key = key
        self.field = field
        self.facts = facts
