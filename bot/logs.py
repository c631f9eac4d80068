"""Structured logs: one event with fields a line, never message text, names, tokens or share
links.
"""

import io
import logging
import sys

import orjson
import structlog


def configure(level: str) -> None:
    """JSON lines to standard error from this level up."""
    chosen = getattr(logging, level.upper())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(chosen),
        # The descriptor itself: whoever replaces sys.stderr meanwhile takes nothing away.
        logger_factory=structlog.BytesLoggerFactory(io.FileIO(2, "wb", closefd=False)),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(chosen, logging.WARNING), stream=sys.stderr)
