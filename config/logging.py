"""One JSON line per event on standard error, with ids and never with personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

REDACTED: Final = "[redacted]"

# Keys whose value is personal or secret, whatever it looks like.
PRIVATE_KEYS: Final = frozenset(
    {
        "address",
        "authorization",
        "birth_date",
        "born_on",
        "cin",
        "cnie",
        "code",
        "contact",
        "cookie",
        "email",
        "family_name",
        "first_name",
        "full_name",
        "given_name",
        "last_name",
        "mail",
        "mobile",
        "name",
        "password",
        "phone",
        "recipient",
        "secret",
        "to",
        "token",
        "totp",
    }
)
PRIVATE_ENDINGS: Final = ("_cin", "_email", "_password", "_phone", "_secret", "_token")

# What may slip into a text: the database quotes the row in its details, a library quotes an address. Each part has a
# bound, so that a long text without an end costs no more than its length.
PRIVATE_TEXT: Final = re.compile(
    r"DETAIL:[^\n]*"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}"
    r"|\b[A-Z]{1,2}\d{5,6}\b"
    r"|(?<![\w-])(?:\+212|00212|0)[ .-]?[5-8](?:[ .-]?\d){8}(?!\d)"
    r"|(?<=://)[^\s/@]{1,200}:[^\s/@]{1,200}(?=@)"
)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take personal data and secrets out of one log event: by key, and by pattern inside texts."""
    for key, value in event.items():
        event[key] = _redacted(key, value)
    return event


def _redacted(key: str, value: Any) -> Any:
    if key in PRIVATE_KEYS or key.endswith(PRIVATE_ENDINGS):
        return REDACTED
    if isinstance(value, str):
        return PRIVATE_TEXT.sub(REDACTED, value)
    if isinstance(value, dict):
        return {inner: _redacted(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted("", item) for item in value]
    return value


def configure_logging(level: str = "INFO") -> None:
    """Send structlog's events and those of the standard library through the same JSON lines."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
