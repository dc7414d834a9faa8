"""Bodies of the control plane: JSON, whatever the content type says, for `curl -d` calls it a form."""

import json
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute

_ENCODING = "content-type"


class JsonRoute(APIRoute):
    """A route whose body, if it takes one, is read as JSON. What is none is answered with 422 that says where."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As FastAPI calls it."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def act(request: Request) -> Response:
            return await handle(_JsonRequest(request))

        return act


class _JsonRequest(Request):
    def __init__(self, request: Request) -> None:
        others = [(name, value) for name, value in request.scope["headers"] if name != _ENCODING.encode()]
        scope = {**request.scope, "headers": [*others, (_ENCODING.encode(), b"application/json")]}
        super().__init__(scope, request.receive)

    async def json(self) -> Any:
        """The value of the body. Raises HTTPException."""
        raw = await self.body()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            _refuse(error.start, f"not UTF-8: {error.reason}", repr(raw[error.start : error.start + 20]))
        try:
            value = json.loads(text, parse_constant=_no_number)
            # Half of a surrogate pair is no text: it cannot be stored.
            json.dumps(value, ensure_ascii=False).encode()
        except json.JSONDecodeError as error:
            _refuse(error.pos, f"not JSON: {error.msg}, at line {error.lineno} column {error.colno}", text[error.pos : error.pos + 20])
        except UnicodeEncodeError as error:
            _refuse(None, "half of a surrogate pair is no text; give the whole character", ascii(error.object[error.start]))
        except RecursionError:
            _refuse(None, "nested too deeply", None)
        except ValueError as error:
            _refuse(None, f"not JSON: {error}", None)
        return value


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _refuse(place: int | None, message: str, given: str | None) -> NoReturn:
    loc = ["body"] if place is None else ["body", place]
    raise HTTPException(422, [{"type": "json_invalid", "loc": loc, "msg": message, "input": given}])
