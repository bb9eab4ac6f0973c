"""What every library's models are drawn from: choices, awkward columns, and rows that try their edges."""
import math

import numpy as np
import pandas as pd

NAMES = ["a", "b b", "c", "über", "f4", "x_5", "Z", "0", "f 1", "\u65e5", "n.1", "q-q"]
TEXTS = ["red", "green", "blue", "été", "日本", "", "a b", "1", "1.0", "nan", "True", "x" * 20, "y" * 40, "w" * 90]
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, 5e-324, -5e-324, 1e-45, -1e-40, 1.1754943e-38, 1e-36, -1e-35, 1e30, -1e38, 3.4028235e38,
         3.5e38, 1e300, -1e300, 2.0**24 + 1, 2.0**31, -(2.0**31), 2.0**53, 1 / 3, 127.0, 255.0, 1e16, -1e-7]


class Draw:
    """Choices from one seed."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def pick(self, options):
        return options[int(self.rng.integers(len(options)))]

    def chance(self, probability):
        return bool(self.rng.random() < probability)

    def integer(self, low, high):
        """Both included."""
        return int(self.rng.integers(low, high + 1))

    def width(self):
        """Number of features: a few, seldom many."""
        return self.integer(60, 300) if self.chance(0.04) else self.integer(1, 6)

    def uniform(self, low, high):
        return float(self.rng.uniform(low, high))

    def some(self, options, probability=0.3):
        """A dict of those options that chance takes, each with one of its values."""
        return {name: self.pick(values) for name, values in options.items() if self.chance(probability)}


NUMBER_KINDS = ["normal", "normal", "normal", "rounded", "integer", "flag", "constant", "huge", "tiny", "denormal", "wide", "sparse", "skewed"]


def numbers(draw, kind, rows):
    rng = draw.rng
    normal = rng.normal(size=rows)
    match kind:
        case "rounded":
            return np.round(normal * 3)
        case "integer":
            return rng.integers(-5, 12, rows).astype(float)
        case "flag":
            return rng.integers(0, 2, rows).astype(float)
        case "constant":
            return np.full(rows, 7.0)
        case "huge":
            return normal * 1e30
        case "tiny":
            return normal * 1e-30
        case "denormal":
            return normal * 1e-39
        case "wide":
            return normal * 10.0 ** rng.integers(-20, 20, rows)
        case "sparse":
            return np.where(rng.random(rows) < 0.6, 0.0, normal)
        case "skewed":
            return np.exp(normal * 4)
        case _:
            return normal


def signal(draw, columns, rows):
    """A target that depends on all columns, whatever their scale."""
    total = draw.rng.normal(size=rows) * 0.2
    for at, values in enumerate(columns):
        filled = np.nan_to_num(np.asarray(values, dtype=float), posinf=0, neginf=0)
        spread = np.std(filled / max(np.max(np.abs(filled)), 1e-300)) * np.max(np.abs(filled)) if len(filled) else 0
        scaled = (filled - np.mean(filled)) / spread if spread > 0 else np.zeros(rows)
        total = total + (np.sin(np.clip(scaled, -9, 9) * (1 + at % 2)) if at % 3 else np.clip(scaled, -3, 3))
    return np.where(np.isfinite(total), total, 0.0)


def holes(draw, values, probability):
    values = np.array(values, dtype=float)
    values[draw.rng.random(values.shape) < probability] = np.nan
    return values


def classes_of(y, count):
    """Class numbers, each of them present."""
    codes = np.digitize(y, np.quantile(y, np.linspace(0, 1, count + 1)[1:-1]))
    codes[:count] = np.arange(count)
    return codes


def groups_of(rows):
    return [rows // 4, rows // 4, rows - 2 * (rows // 4)]


def probe(draw, kinds, thresholds, rows=40, infinite=True, width=np.float32, fresh=numbers):
    """Rows: drawn as the training data, on thresholds and one ulp beside them, missing, and extreme."""
    x = np.stack([fresh(draw, kind, rows) for kind in kinds], 1) if kinds else np.zeros((rows, 0))
    edges = EDGES + ([math.inf, -math.inf] if infinite else [])
    for row in range(rows // 4, rows):
        for at in range(len(kinds)):
            if draw.chance(0.45):
                x[row, at] = beside(draw, thresholds.get(at, []), width, edges)
    x[rows - 1] = np.nan
    return x


def beside(draw, thresholds, width, edges):
    if len(thresholds) == 0 or draw.chance(0.2):
        return draw.pick([math.nan, draw.pick(edges)])
    value = width(draw.pick(thresholds))
    stepped = draw.pick([value, value, np.nextafter(value, width(np.inf)), np.nextafter(value, width(-np.inf))])
    # In a wider type, the neighbours of a narrow threshold round to it or not.
    return float(draw.pick([stepped, stepped, np.nextafter(np.float64(stepped), np.inf), np.nextafter(np.float64(stepped), -np.inf)]))


def names_of(draw, count):
    if count > len(NAMES) or draw.chance(0.5):
        return [f"f{i}" for i in range(count)]
    return [str(n) for n in draw.rng.permutation(NAMES)[:count]]


def views(draw, x, names):
    """The same rows as a client may send them: tables of several dtypes, arrays, few rows and none."""
    table = pd.DataFrame(x, columns=names)
    yield table
    yield table[:1]
    yield x
    yield x[:3].astype(np.float32)
    with np.errstate(all="ignore"):
        whole = np.nan_to_num(np.clip(np.nan_to_num(x), -1e15, 1e15)).round()
    options = [lambda: pd.DataFrame(x), lambda: table.astype(np.float32), lambda: table[names[::-1]], lambda: table[:0], lambda: x[:0],
               lambda: table.astype({names[0]: object}), lambda: pd.DataFrame(whole.astype("i8"), columns=names),
               lambda: pd.DataFrame(np.clip(whole, -2**31, 2**31 - 1).astype("i4"), columns=names), lambda: pd.DataFrame(x > 0, columns=names),
               lambda: whole.astype("i8"), lambda: np.clip(whole, -100, 100).astype("i1"), lambda: x > 0, lambda: x[0], lambda: x[:, :-1],
               lambda: table[names[:-1]], lambda: table.assign(extra=1.0), lambda: table.assign(**{names[-1]: "text"}),
               lambda: table.assign(**{names[0]: whole[:, 0].astype("i8")}),
               lambda: x[:5].astype(object), lambda: table.astype(object).where(table.notna(), None), lambda: table.iloc[::3],
               lambda: x[:2].astype(np.float16), lambda: {name: x[:, i] for i, name in enumerate(names)}]
    for at in draw.rng.permutation(len(options))[:6]:
        try:
            with np.errstate(all="ignore"):
                yield options[at]()
        except Exception:  # noqa: BLE001 - such a view cannot be made of these rows
            continue
