"""/_emulator/docs: what the control plane takes, on one page that needs nothing from elsewhere."""

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

Node = dict[str, Any]

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--line:#d0d7de;--go:#0b5d2a}
@media(prefers-color-scheme:dark){:root{--ink:#f0f3f6;--soft:#b1bac4;--paper:#0d1117;--line:#484f58;--go:#7ee2a8}}
*{box-sizing:border-box}a{color:inherit}p{margin:.25rem 0}
body{margin:0 auto;padding:2rem 1rem;max-width:60rem;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
h2{margin:2.5rem 0 .5rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}
h3{margin:1.5rem 0 .25rem;font:600 1rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
h3 b{display:inline-block;min-width:4.5rem;color:var(--go)}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.5rem 0}
th,td{padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:400}
td:first-child{font-family:ui-monospace,monospace;white-space:nowrap;width:16rem}td:nth-child(2){width:14rem}
"""


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
    rows = [
        _row(
            f"{parameter['name']} ({parameter['in']})",
            parameter["schema"],
            parameter.get("description"),
            document,
            parameter.get("required"),
        )
        for parameter in operation.get("parameters", [])
        if parameter["in"] != "header"
    ]
    texts = [operation.get("description", "")]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        for schema in _variants(content["schema"], document):
            texts.append(schema.get("description", ""))
            rows += [
                _row(name, field, field.get("description"), document, name in schema.get("required", ()))
                for name, field in schema.get("properties", {}).items()
            ]
    head = '<tr><th scope="col">name</th><th scope="col">type</th><th scope="col">meaning</th></tr>'
    table = f'<div class="table"><table><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table></div>' if rows else ""
    words = "".join(f"<p>{_prose(text)}</p>" for text in dict.fromkeys(texts) if text)
    return f"<section><h3><b>{method.upper()}</b>{escape(path)}</h3>{words}{table}</section>"


def _row(name: str, schema: Node, description: str | None, document: Node, required: object) -> str:
    default = schema.get("default")
    kind = _kind(schema, document) + ("" if required else f", default {default}" if default not in (None, "") else ", optional")
    return f"<tr><td>{escape(name)}</td><td>{escape(kind)}</td><td>{_prose(description or '')}</td></tr>"


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
