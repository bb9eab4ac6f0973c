/** Text → number as CatBoost's Python package reads it. Source: CatBoost 1.2 _catboost.pyx `_FloatOrNanFromString`. */

/** Source: CatBoost 1.2 libs/data/loader.cpp `IsMissingValue`. */
const missingTexts: ReadonlySet<string> = new Set(
  ',-,NA,Na,na,nan,NaN,NAN,#NA,N/A,n/a,#N/A,-NaN,-nan,NULL,null,Null,none,None,1.#IND,-1.#IND,1.#QNAN,-1.#QNAN,#N/A N/A'.split(
    ',',
  ),
);

const decimal = /^[ \t\n\v\f\r]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const hexadecimal = /^[ \t\n\v\f\r]*([+-]?)0[xX]([\da-fA-F]+)$/;

/** The number; NaN for the names of missing values; undefined for anything else, infinities included. */
export function parseNumber(text: string): number | undefined {
  if (missingTexts.has(text)) return Number.NaN;
  if (decimal.test(text)) return Number(text);
  if (/^[ \t\n\v\f\r]+$/.test(text)) return 0;
  const match = hexadecimal.exec(text);
  if (match === null) return undefined;
  const value = Number(BigInt(`0x${match[2]}`));
  return match[1] === '-' ? -value : value;
}
