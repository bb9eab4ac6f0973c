/** Whatever a model returns is written as MLflow writes it, or refused where MLflow's json.dumps refuses it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scorer } from '../../contract/scorer.ts';
import type { Prediction } from '../../data/scoring-data.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { encodePrediction } from '../../payload/encode-prediction.ts';
import {
  referenceEnvironment,
  referencePython,
} from '../../../test/conformance/reference-python.ts';
import { type ProbeModel, writeProbeModel } from '../../../test/python/probe-model.ts';
import { createPythonRuntime } from './index.ts';

const never = new AbortController().signal;

/** Python expressions. */
const values: readonly string[] = [
  'None',
  'True',
  '1',
  '10**40',
  '1.0',
  'float("nan")',
  '"é\\ud800😀"',
  'b"bytes" * 30',
  'np.float32(0.1)',
  'np.int64(5)',
  'np.bool_(True)',
  'np.str_("x")',
  'np.datetime64("2020-01-01")',
  'np.datetime64("2020-01-01T01:02:03.5")',
  '[1, 2.0, "a", None, [True]]',
  '(1, 2)',
  '{"a": 1, 2: "b", None: 3, True: 4, 1.5: 5}',
  '{"a": np.arange(3), "b": np.array([[1.5, float("inf")]], dtype="float32")}',
  '{"a": np.arange(3), "b": [np.float16(0.1)]}',
  '{"a": np.array(["x", "y"])}',
  '{(1, 2): 3}',
  '{np.int64(1): 2}',
  'np.array(5)',
  'np.array([])',
  'np.zeros((2, 0))',
  'np.zeros((0, 2))',
  'np.arange(24.0).reshape(2, 3, 4)[:, ::-1, ::2]',
  'np.asfortranarray(np.arange(6).reshape(2, 3))',
  'np.array([1.5, float("nan"), -0.0, 1e300], dtype=">f8")',
  'np.array([2**63, 2**64 - 1], dtype="uint64")',
  'np.array([1, 255], dtype="uint8")',
  'np.array([0.1, 65504], dtype="float16")',
  'np.array([True, False])',
  'np.array(["a", "é😀", ""])',
  'np.array([["a"], ["\\ud800"]])',
  'np.array([b"a", b"bc"])',
  'np.array([1, "a", None, 2.5, np.arange(2)], dtype=object)',
  'np.array([[1, None]], dtype=object)',
  'np.array(["2020-01-01", "NaT"], dtype="datetime64[ns]")',
  'np.array(["2020-01-01T10:00:00.5", "NaT"], dtype="datetime64[us]")',
  'np.array(["2020-01"], dtype="datetime64[M]")',
  'np.array([1], dtype="timedelta64[s]")',
  'np.array([1j])',
  'np.array([1.0], dtype="longdouble")',
  'np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])',
  'np.ma.array([1, 2], mask=[0, 1])',
  'np.matrix([[1, 2]])',
  'pd.DataFrame({"a": [1, 2], "b": [0.5, None], "c": ["x", "é"], "d": [True, False]})',
  'pd.DataFrame({"c": ["x", None], "o": [1, "a"]})',
  'pd.DataFrame({"o": pd.Series(["x", "y"], dtype=object), "f": np.array([1, 2], dtype="float32")})',
  'pd.DataFrame({"t": pd.to_datetime(["2020-01-01", None]), "u": pd.to_datetime(["2020-01-01", "2020-01-02T03:04:05.123456"], format="ISO8601")})',
  'pd.DataFrame({"t": pd.to_datetime(["2020-01-01"]).tz_localize("Europe/Berlin")})',
  'pd.DataFrame({"i": pd.array([1, None], dtype="Int64"), "s": pd.array(["a", None], dtype="string")})',
  'pd.DataFrame({"k": pd.Categorical(["a", "b"])})',
  'pd.DataFrame([[1, 2]], columns=["a", "a"])',
  'pd.DataFrame([[1, 2]], columns=[0, 1])',
  'pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]))',
  'pd.DataFrame([[1, 2]], columns=[1.5, None])',
  'pd.DataFrame({"a": [1, 2]}, index=["p", "q"])',
  'pd.DataFrame({"a": []})',
  'pd.DataFrame(index=range(2))',
  'pd.DataFrame({"a": [np.arange(2), [1, 2]]})',
  'pd.DataFrame({"h": np.array([0.1], dtype="float16"), "u": np.array([7], dtype="uint16")})',
  'pd.Series([1.5, 2])',
  'pd.Series(["a", "b"], name="label")',
  'pd.Series([1, 2], name=("a", "b"))',
  'pd.Index([1, 2])',
  'pd.Timestamp("2020-01-01T10:00:00.123456789")',
  'pd.NaT',
  'pd.NA',
  'datetime.datetime(2020, 1, 2, 3, 4, 5)',
  'datetime.date(2020, 1, 2)',
  'datetime.time(3, 4)',
  'datetime.timedelta(1)',
  'decimal.Decimal("1.5")',
  '1j',
  '{1, 2}',
  'object()',
  '(x for x in [1])',
  '[pd.DataFrame({"a": [1]})]',
  '{"s": pd.Series([1])}',
  '{"d": datetime.date(2020, 1, 2), "n": {"m": np.float32(0.1)}}',
  '__import__("functools").reduce(lambda inner, _: [inner], range(3000), 1)',
  '__import__("pydantic").create_model("Answer", __module__="answers", text=(str, "hi"), score=(float, 1.0))()',
  '__import__("enum").IntEnum("Color", "RED")(1)',
];

describe.skipIf(referencePython === null)('results of a model (needs the reference Python)', () => {
  let saved: ProbeModel;
  let scorer: Scorer;
  beforeAll(async () => {
    saved = await writeProbeModel();
    scorer = await createPythonRuntime().open(saved.model, referenceEnvironment(), { threads: 1 });
  }, 60_000);
  afterAll(async () => {
    await scorer.close();
    saved.remove();
  });

  const give = async (code: string): Promise<Prediction> => {
    const body = Buffer.from(JSON.stringify({ prompt: { do: 'give', code } }));
    const { prediction } = await scorer.raw!.predict({ body, contentType: 'json' }, never);
    return prediction;
  };

  const written = async (code: string): Promise<string> => {
    try {
      return encodePrediction(await give(code), { nonFinite: 'tokens', wrap: true });
    } catch (error) {
      if (isSlipwayError(error, 'UNENCODABLE_RESULT')) return 'refused';
      throw error;
    }
  };

  it.each(values)('%s', async (code) => {
    expect(await written(code)).toBe(await give(`mlflow_json(${code})`));
  });
});
