/** What goes into a model and what comes out: the same kinds of value, before and after text. */
import type { PyDict, PyValue } from './py-value.ts';

/**
 * Input of a model after decoding and enforcement: a {@link Frame}, an {@link NdArray}, or any other
 * Python value (dict of arrays, list of dicts, LLM request, scalar).
 */
export type ScoringInput = PyValue;

/** Params after enforcement; null when the request carried none and no schema asks for them. */
export type ScoringParams = PyDict | null;

/** What a model returned: encoded by `payload` exactly as MLflow encodes it. */
export type Prediction = PyValue;
