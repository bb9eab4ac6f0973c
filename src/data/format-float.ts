/** Text of a float as Python's `repr` writes it: the digits are V8's (both are the shortest), the form differs. */

/**
 * Formats a double like Python's `repr`: always `.0` or an exponent, exponent form when it is below -4 or at least 16
 * (`1e+16`, `1e-05`), `nan`, `inf`, `-inf`. Source: CPython `float_repr_style = 'short'`, format code `r`.
 */
export function formatPythonFloat(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e16) {
    return Object.is(value, -0) ? '-0.0' : `${value}.0`;
  }
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-4 && magnitude < 1e16) return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  const sign = power < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** As {@link formatPythonFloat}, with the literals of Python's `json.dumps`: `NaN`, `Infinity`, `-Infinity`. */
export function formatJsonFloat(value: number): string {
  if (Number.isFinite(value)) return formatPythonFloat(value);
  return String(value);
}
