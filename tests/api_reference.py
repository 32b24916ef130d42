"""The reference in `docs/api.md`, made of the models that check requests and answer them.

python -m tests.api_reference    writes it anew
"""

import inspect
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "api.md"
_BEGIN, _END = "<!-- reference -->\n", "<!-- /reference -->"
_BOUNDS = (
    ("minimum", "maximum", ""),
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", ""),
    ("minProperties", "maxProperties", ""),
)


def callables(
    module: Any,
) -> dict[str, tuple[Callable[..., Any], type[BaseModel], type[BaseModel]]]:
    """The callables of `main`: handler, request and response, by name, in the order of the code."""
    found = {}
    for name, function in vars(module).items():
        if getattr(function, "__firebase_endpoint__", None) is None:
            continue
        handler = inspect.unwrap(function)
        kinds = [*get_type_hints(handler).values()]
        if issubclass(kinds[-1], BaseModel):
            found[name] = handler, kinds[-2], kinds[-1]
    return found


def written(text: str, module: Any) -> str:
    """The document with the reference as the models are now."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}{_reference(module)}{_END}{after}"


def _reference(module: Any) -> str:
    found = callables(module)
    asked = [(request, "validation") for _, request, _ in found.values()]
    answered = [(response, "serialization") for *_, response in found.values()]
    models = models_json_schema([*asked, *answered])[1]["$defs"]
    parts: list[str] = []
    own = {model.__name__ for _, *both in found.values() for model in both}
    for name, (handler, request, response) in found.items():
        parts += [f"### `{name}`", inspect.cleandoc(handler.__doc__ or "")]
        parts += _model("Request", models[request.__name__])
        parts += _model("Response", models[response.__name__])
    parts.append("### What these hold")
    for name, model in sorted(models.items()):
        if name not in own:
            parts += [f'<a id="{name.lower()}"></a>', *_model(name, model)]
    return "\n\n".join(parts) + "\n"


def _model(title: str, model: dict[str, Any]) -> Iterator[str]:
    said = model.get("description", "")
    yield f"**{title}**" + (f": {' '.join(said.split())}" if said else "")
    fields = model.get("properties", {})
    if not fields:
        return
    lines = ["| field | type | else | |", "|---|---|---|---|"]
    for name, field in fields.items():
        needed = name in model.get("required", [])
        default = "" if needed else f"`{json.dumps(_default(field))}`"
        meaning = field.get("description", "").replace("|", "\\|")
        lines.append(f"| `{name}` | {_type(field)} | {default} | {meaning} |")
    yield "\n".join(lines)


def _type(field: dict[str, Any]) -> str:
    """A field's type in words."""
    if ref := field.get("$ref"):
        name = ref.rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    choices = field.get("anyOf") or field.get("oneOf")
    if choices:
        return " or ".join(_type(choice) for choice in choices)
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    match field.get("type"):
        case "array":
            kind = f"list of {_type(field['items'])}"
        case "object":
            values = field.get("additionalProperties")
            kind = f"object of {_type(values)}" if isinstance(values, dict) else "object"
        case "string":
            kind = {"date-time": "RFC 3339", "date": "date"}.get(field.get("format", ""), "string")
        case None:
            kind = "anything"
        case other:
            kind = str(other)
    bounds = ", ".join(_bounds(field))
    return f"{kind} ({bounds})" if bounds else kind


def _default(field: dict[str, Any]) -> Any:
    """What a field holds that was not given; lists and objects that are made anew are empty."""
    return field.get("default", [] if field.get("type") == "array" else {})


def _bounds(field: dict[str, Any]) -> Iterator[str]:
    if "exclusiveMinimum" in field:
        yield f"above {field['exclusiveMinimum']}"
    if "exclusiveMaximum" in field:
        yield f"below {field['exclusiveMaximum']}"
    for least, most, unit in _BOUNDS:
        low, high = field.get(least), field.get(most)
        if low is not None and high is not None:
            yield f"{low:,g} to {high:,g}{unit}"
        elif low is not None:
            yield f"{low:,g} or more{unit}"
        elif high is not None:
            yield f"{high:,g}{unit} at the most"


def main() -> None:
    """Write the reference into the document."""
    os.environ |= {"GCLOUD_PROJECT": "demo-shopfyp", "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:1"}
    sys.path.insert(0, str(DOCUMENT.parents[1] / "functions"))
    import main as module

    DOCUMENT.write_text(written(DOCUMENT.read_text(), module))


if __name__ == "__main__":
    main()
