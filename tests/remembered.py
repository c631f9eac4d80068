"""What is the same for every shop a test opens is worked out once a process: how FastAPI reads an
endpoint's parameters, how SQLAlchemy words a statement, what Python compiles a file to.

A test opens a shop of its own, so that nothing of another is in it; without this most of its time
would go into reading the same three hundred endpoints and wording the same statements again.
"""

import gc
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from types import CodeType
from typing import Any

import fastapi.routing
from fastapi.dependencies.models import Dependant
from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import LRUCache

_read = fastapi.routing.get_dependant
_endpoints: dict[tuple[CodeType, str, str | None], Dependant] = {}


def _endpoint(*, path: str, call: Callable[..., Any], scope: Any = None, **more: Any) -> Dependant:
    """The parameters of the function with that text; those of our endpoints never depend on what is
    around them.
    """
    code = getattr(call, "__code__", None)
    if more or code is None:
        return _read(path=path, call=call, scope=scope, **more)
    kept = _endpoints.get((code, path, scope))
    if kept is None:
        kept = _endpoints[code, path, scope] = _read(path=path, call=call, scope=scope)
    return replace(kept, call=call, dependencies=list(kept.dependencies))


class _Worded(LRUCache[Any, Any]):
    """Statements as a kind of database wants them, whichever database of the kind it is."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_kind(key), default)

    def __setitem__(self, key: Any, worded: Any) -> None:
        super().__setitem__(_of_kind(key), worded)


def _of_kind(key: Any) -> Any:
    dialect, *statement = key
    return (type(dialect), *statement)


_worded = _Worded(4_000)


def remember() -> None:
    """From now on, in this process; and what it starts keeps compiled files."""
    fastapi.routing.get_dependant = _endpoint
    event.listen(Engine, "engine_connect", _share)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def _share(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_worded)


def let_be() -> None:
    """Nothing that is there by now is looked through again for rubbish."""
    gc.collect()
    gc.freeze()
