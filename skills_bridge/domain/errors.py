"""What the product refuses, as facts; the screens turn them into sentences.

DomainError
├── RuleBroken        a rule of the business says no; the person reads why and what to do
│   ├── IllegalMove   a state may not be left that way
│   ├── Stale         somebody else changed the object first
│   ├── AlreadyDone   the act was done before, by oneself or somebody else
│   └── Invalid       a value breaks a rule; names the field
├── AlreadySent       the same form took effect before; its answer is given again
├── NotFound          there is no such object in the actor's scope (404)
└── NotPermitted      the actor may not do this (403)
"""

from __future__ import annotations


class DomainError(Exception):
    """Anything the product refuses; carries facts, never prose."""


class RuleBroken(DomainError):
    """A rule of the business says no.

    ``code`` names the rule in kebab-case; ``facts`` are the values a sentence needs.
    """

    def __init__(self, code: str, **facts: object) -> None:
        """Remember the rule and the facts."""
        super().__init__(code)
        self.code = code
        self.facts = facts


class IllegalMove(RuleBroken):
    """A state may not be left that way."""

    def __init__(self, current: str, target: str) -> None:
        """Remember both states."""
        super().__init__("illegal-move", current=str(current), target=str(target))


class Stale(RuleBroken):
    """Somebody else changed the object since it was read."""

    def __init__(self, kind: str) -> None:
        """Remember the kind of object."""
        super().__init__("stale", kind=kind)


class AlreadyDone(RuleBroken):
    """The act was already done; the second one changes nothing."""


class Invalid(RuleBroken):
    """A value breaks a rule; ``field`` is the form's or column's name."""

    def __init__(self, code: str, *, field: str, **facts: object) -> None:
        """Remember the rule, the field and the facts."""
        super().__init__(code, field=field, **facts)
        self.field = field


class AlreadySent(DomainError):
    """The same form took effect before: a double click, a reload, an answer that got lost."""

    def __init__(self, location: str | None) -> None:
        """Remember where the first answer led; None if it was never given."""
        super().__init__("already-sent")
        self.location = location


class NotFound(DomainError):
    """There is no such object in the actor's scope."""

    def __init__(self, kind: str, key: object) -> None:
        """Remember what was looked for."""
        super().__init__(f"{kind} {key}")
        self.kind = kind
        self.key = key


class NotPermitted(DomainError):
    """The actor may not do this here."""

    def __init__(self, permission: str) -> None:
        """Remember the permission that was missing."""
        super().__init__(permission)
        self.permission = permission
