"""Request bodies as text: JSON with tokens that no encoder writes, CSV with cells that no writer makes."""
import json


class Raw(str):
    """Stands in a body as it is."""


def to_json(value, ascii_only=True):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=ascii_only)}: {to_json(item, ascii_only)}" for key, item in value.items()) + "}"
    if isinstance(value, Pairs):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=ascii_only)}: {to_json(item, ascii_only)}" for key, item in value.items) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(to_json(item, ascii_only) for item in value) + "]"
    return json.dumps(value, ensure_ascii=ascii_only)


class Pairs:
    """An object that may say a key twice."""

    def __init__(self, items):
        self.items = items


def to_csv(draw, names, rows):
    end = draw.pick(["\n", "\n", "\n", "\r\n", "\r"])
    always = draw.chance(0.1)
    lines = [",".join(quoted(name, always) for name in names)]
    lines += [",".join(csv_cell(draw, row.get(name), always) for name in names) for row in rows]
    text = end.join(lines)
    return text + end if draw.chance(0.8) else text


def csv_cell(draw, value, always):
    if value is None:
        return draw.pick(["", "", "", "NA", "null", "NaN", "None", "<NA>", "nan", "N/A", '""', "-nan", "#N/A"])
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, bool):
        return draw.pick([str(value), str(value).lower(), str(value).upper()])
    if isinstance(value, float):
        return draw.pick([repr(value), repr(value), repr(value), f"{value:.3g}", f"{value:.20g}", f" {value!r}", f"{value:+.6f}"])
    return quoted(value if isinstance(value, str) else json.dumps(value), always)


def quoted(text, always):
    text = str(text)
    return '"' + text.replace('"', '""') + '"' if always or any(c in text for c in ',"\n\r') else text
