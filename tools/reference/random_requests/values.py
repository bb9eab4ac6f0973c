"""Cells of requests: such as belong to a column of a type, and such as do not."""
from .texts import Raw

FLOATS = [0.0, -0.0, 1.0, 1.5, -2.25, 0.1, 1e-5, 1e16, 123456789012345.678, 1e22, 9.999999999999999e15, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
          3.4028234663852886e38, 3.4028235677973366e38, 1e39, 1e-46, 0.30000000000000004, 1 / 3, 16777217.0, 4.5, 5.5, -7.0]
RAW_NUMBERS = [Raw(t) for t in ["1E400", "-1e400", "1e-400", "-0", "-0.0", "1E5", "1e+5", "12.50", "NaN", "Infinity", "-Infinity", "0.1e1", "100000000000000000000000.5",
                                "0." + "3" * 30, "1" * 40, "-" + "9" * 25, "1.0000000000000002220446049250313", "123456789012345678", "2e0", "0e5", "1e22", "1e23", "8.5e+15", "4503599627370497.5"]]
INTEGERS = [0, 1, -1, 2, 7, 127, 128, 255, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**32, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1,
            2**64, 10**30, 16777217, 33554433, 9007199254740993]
TEXTS = ["", "a", "x y", "é", "日本", "😀", "1", "1.5", " 2 ", "-3", "+4", "1_000", "1e3", "nan", "NaN", "inf", "-Infinity", "true", "False", "None", "null", "NA", "0x10", "1,5", 'q"uote', "line\nbreak", "tab\t",
         "٣", "１２", "\u2003 5", "0", "00", "1.", ".5", "1.0", "2020-01-01", "aGk=", "\u0000", "\x7f", "\ud800", "é", "'", "\\", "1L", "1.5f", "infinity", "+inf", "-nan", "2147483648", "9223372036854775808", "1e400", "TRUE", "yes"]
DATES = ["2020-01-01", "2020-01-01T10:11:12", "2020-01-01 10:11:12", "2020-01-01T10:11:12.123", "2020-01-01T10:11:12.123456", "2020-01-01T10:11:12.123456789", "2020-01-01T10:11:12Z",
         "2020-01-01T10:11:12+02:00", "2020-01-01T10:11:12.5-0530", "1969-12-31T23:59:59", "2262-04-11", "2300-01-01", "0001-01-01", "2020-02-30", "2020-13-01", "20200101", "2020-1-2", "2020/01/02",
         "01/02/2020", "2020-01", "2020", "NaT", "", "2020-01-01T25:00:00", "2020-01-01T10", "2020-01-01T10:11", "1677-09-21", "2020-01-01T00:00:00.0000000001", "9999-12-31", "2020-001", "2020-W01-1", " 2020-01-01", "2020-01-01 "]
BINARIES = ["aGk=", "", "AA==", "aGVsbG8gd29ybGQ=", "aGk", "a!G!k=", "_-8=", "====", "é", "aGk=\n", "YWJj", "YWJjZA=="]
NESTED = [[], [1], [1, 2.5], ["a"], [None], {}, {"k": 1}, [[1], [2]], [{"a": 1}]]
DOMAIN = {"double": FLOATS, "float": FLOATS, "long": INTEGERS[:11], "integer": INTEGERS[:9], "boolean": [True, False], "string": TEXTS, "datetime": DATES, "binary": BINARIES}


def fitting(draw, kind):
    """What a client would send for a column of this type."""
    match kind:
        case "double" | "float":
            return draw.pick([draw.uniform(-5, 5), round(draw.uniform(-5, 5), 2), draw.pick(FLOATS), float(draw.integer(-9, 9))])
        case "long" | "integer":
            return draw.pick([draw.integer(-9, 9), draw.integer(-9, 9), draw.pick(INTEGERS[:9])])
        case "boolean":
            return draw.chance(0.5)
        case "string":
            return draw.pick(TEXTS[:9]) if draw.chance(0.8) else draw.pick(TEXTS)
        case "datetime":
            return draw.pick(DATES[:4]) if draw.chance(0.7) else draw.pick(DATES)
        case "binary":
            return draw.pick(BINARIES[:4]) if draw.chance(0.8) else draw.pick(BINARIES)
    return draw.pick([draw.pick(NESTED), draw.pick(NESTED), *NESTED])


def odd(draw):
    """Anything that JSON can say."""
    pool = draw.pick([FLOATS, RAW_NUMBERS, INTEGERS, TEXTS, TEXTS, DATES, BINARIES, [True, False], [None], [None], NESTED])
    return draw.pick(pool)
