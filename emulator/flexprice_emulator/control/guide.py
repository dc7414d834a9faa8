"""/_emulator/docs: what the control plane takes, on one page that needs nothing from elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse

Node = dict[str, Any]

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--line:#d0d7de;--go:#0b5d2a}
@media(prefers-color-scheme:dark){:root{--ink:#f0f3f6;--soft:#b1bac4;--paper:#0d1117;--line:#484f58;--go:#7ee2a8}}
*{box-sizing:border-box}a{color:inherit}p{margin:.25rem 0}
body{margin:0 auto;padding:2rem 1rem;max-width:60rem;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
h2{margin:2.5rem 0 .5rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}
h3{margin:1.5rem 0 .25rem;font:600 1rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
h4{margin:1rem 0 0;font-size:1rem}
h3 b{display:inline-block;min-width:4.5rem;color:var(--go)}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.5rem 0}
th,td{padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:400}
td:first-child{font-family:ui-monospace,monospace;white-space:nowrap;width:16rem}td:nth-child(2){width:14rem}
@media(max-width:40rem){td:first-child{white-space:normal}td:first-child,td:nth-child(2){width:auto}code{overflow-wrap:anywhere}}
"""


@dataclass(frozen=True)
class _Field:
    """What a route takes, in the path, the query or the body."""

    name: str
    schema: Node
    meaning: str
    is_required: bool


def home() -> RedirectResponse:
    """/_emulator itself leads to the page."""
    return RedirectResponse("/_emulator/docs")


def docs(request: Request) -> HTMLResponse:
    """This page."""
    app: FastAPI = request.app
    return HTMLResponse(page(app.openapi()))


def page(document: Node) -> str:
    """The page of an OpenAPI document."""
    groups: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        name = path.split("/")[2]
        for method, operation in operations.items():
            groups.setdefault(name, []).append(_operation(method, path, operation, document))
    links = "".join(f'<a href="#{escape(name)}">{escape(name)}</a>' for name in groups)
    body = "".join(f'<h2 id="{escape(name)}">{escape(name)}</h2>{"".join(entries)}' for name, entries in groups.items())
    title = escape(document["info"]["title"])
    about = (
        "<p><code>X-Environment-ID</code> or an API key in <code>x-api-key</code> names the workspace; without either it is the sandbox. "
        'As <a href="openapi.json">OpenAPI</a>.</p>'
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main><h1>{title}</h1>{about}<nav>{links}</nav>{body}</main></body></html>"
    )


def _operation(method: str, path: str, operation: Node, document: Node) -> str:
    parameters = [
        _Field(f"{held['name']} ({held['in']})", held["schema"], held.get("description", ""), bool(held.get("required")))
        for held in operation.get("parameters", [])
        if held["in"] != "header"
    ]
    bodies = [
        schema
        for content in operation.get("requestBody", {}).get("content", {}).values()
        for schema in _variants(content["schema"], document)
    ]
    texts = [operation.get("description", "")]
    if len(bodies) == 1:
        texts.append(bodies[0].get("description", ""))
    # What all kinds of a body take is said once; each kind then has its own.
    fields = [_fields(schema) for schema in bodies]
    common = [field for field in fields[0] if all(field in others for others in fields)] if fields else []
    kinds = "".join(
        _kind_of_body(schema, [field for field in held if field not in common], document)
        for schema, held in zip(bodies, fields, strict=True)
    )
    words = "".join(f"<p>{_prose(text)}</p>" for text in dict.fromkeys(texts) if text)
    title = f"<h3><b>{method.upper()}</b>{escape(path)}</h3>"
    return f"<section>{title}{words}{_table([*parameters, *common], document)}{kinds if len(bodies) > 1 else ''}</section>"


def _kind_of_body(schema: Node, own: list[_Field], document: Node) -> str:
    named = [field for field in own if "const" in field.schema]
    title = "".join(f"<h4>{escape(field.name)} <code>{escape(str(field.schema['const']))}</code></h4>" for field in named)
    rest = [field for field in own if field not in named]
    return f"{title}<p>{_prose(schema.get('description', ''))}</p>{_table(rest, document)}"


def _fields(schema: Node) -> list[_Field]:
    required = schema.get("required", ())
    return [_Field(name, held, _meaning(held), name in required) for name, held in schema.get("properties", {}).items()]


def _meaning(schema: Node) -> str:
    choices = [schema, *schema.get("anyOf", ())]
    return next((str(choice["description"]) for choice in choices if choice.get("description")), "")


def _table(fields: list[_Field], document: Node) -> str:
    if not fields:
        return ""
    columns = ("name", "type", "meaning") if any(field.meaning for field in fields) else ("name", "type")
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    rows = "".join(_row(field, document, explained=len(columns) == 3) for field in fields)
    return f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _row(field: _Field, document: Node, *, explained: bool) -> str:
    default = field.schema.get("default")
    need = "" if field.is_required else f", default {default}" if default not in (None, "") else ", optional"
    meaning = f"<td>{_prose(field.meaning)}</td>" if explained else ""
    return f"<tr><td>{escape(field.name)}</td><td>{escape(_kind(field.schema, document) + need)}</td>{meaning}</tr>"


def _prose(text: str) -> str:
    """Words of a docstring, with `code` as such."""
    parts = escape(" ".join(text.split())).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 and index < len(parts) - 1 else part for index, part in enumerate(parts))


def _resolved(schema: Node, document: Node) -> Node:
    reference = schema.get("$ref")
    return document["components"]["schemas"][reference.rsplit("/", 1)[1]] if reference else schema


def _variants(schema: Node, document: Node) -> Iterator[Node]:
    """The objects that a body may be."""
    resolved = _resolved(schema, document)
    choices = resolved.get("oneOf") or resolved.get("anyOf")
    if not choices:
        yield resolved
    for choice in choices or ():
        yield from _variants(choice, document)


def _kind(schema: Node, document: Node) -> str:
    resolved = _resolved(schema, document)
    if "const" in resolved:
        return f'"{resolved["const"]}"'
    if "enum" in resolved:
        return " | ".join(f'"{value}"' for value in resolved["enum"])
    choices = [choice for choice in resolved.get("anyOf") or resolved.get("oneOf") or () if choice.get("type") != "null"]
    if choices:
        return " | ".join(_kind(choice, document) for choice in choices)
    if resolved.get("type") == "array":
        return f"list of {_kind(resolved.get('items', {}), document)}"
    return str(resolved.get("type", "any"))
