/**
 * Quick decoder of the commonest request: a table of plain numbers for a signature of floats. It answers only where the general path would give
 * the same frame, bit for bit, and leaves everything else, malformed text included, to that path.
 */
import type { Column, Frame } from '../../data/frame.ts';
import { frame } from '../../data/frame.ts';
import type { Signature } from '../../model/signature.ts';
import { asBuffer } from './numbers-memory.ts';
import {
  type FloatColumn,
  type FloatPlan,
  placeColumns,
  planFloatColumns,
} from './plan-float-columns.ts';
import { closesEnvelope, type Envelope, readEnvelope } from './read-envelope.ts';
import { type JsonRows, readJsonRows } from './read-json-rows.ts';

/** A body's beginning up to its first row, and what it says. */
interface KnownHead {
  readonly bytes: Buffer;
  readonly envelope: Envelope;
  readonly places: ReadonlyMap<number, FloatColumn>;
}

/** What is remembered of a signature; bodies of one client mostly begin alike. */
interface SignatureMemory {
  readonly plan: FloatPlan;
  head?: KnownHead;
}

const memories = new WeakMap<Signature, SignatureMemory | { readonly plan: null }>();
const longestKnownHead = 4096;

/**
 * Decodes `{"dataframe_split": {"columns", "index", "data"}}` (in an order with `data` last) or `{"dataframe_records": […]}` with the same keys in
 * the same order in every row; cells are numbers, null, NaN or Infinity. For signatures of `double` and `float` columns only. The frame has the
 * columns in the order of the schema, cast (float64, float32), null as NaN; an index 0, 1, … is left out.
 * Null: the general path decides. Source: MLflow 3.17.2 pyfunc/scoring_server, pandas 3.1 inference and `astype`.
 */
export function decodeNumericBody(body: Uint8Array, signature: Signature): Frame | null {
  const memory = recall(signature);
  if (memory.plan === null) return null;
  const bytes = asBuffer(body);
  const known = recallHead(bytes, memory);
  const quick = known && decodeRows(bytes, known, memory.plan);
  if (quick !== null || known?.envelope.form === 'split') return quick;
  // Other records than the last ones begin with the same bytes.
  const head = readHead(bytes, memory);
  return head && decodeRows(bytes, head, memory.plan);
}

function decodeRows(bytes: Buffer, head: KnownHead, plan: FloatPlan): Frame | null {
  const rows = readJsonRows(bytes, head.envelope);
  if (rows === null || !closesEnvelope(bytes, rows.end, head.envelope)) return null;
  const { indexLength } = head.envelope;
  if (indexLength !== null && indexLength !== rows.rowCount) return null;
  // An int64 is rounded to float32 once, a double twice.
  if (rows.hasBigInteger && plan.hasFloat32) return null;
  return assemble(head, rows);
}

function recall(signature: Signature): SignatureMemory | { readonly plan: null } {
  const known = memories.get(signature);
  if (known !== undefined) return known;
  const plan = planFloatColumns(signature);
  const memory: SignatureMemory | { readonly plan: null } =
    plan === null ? { plan: null } : { plan };
  memories.set(signature, memory);
  return memory;
}

function recallHead(body: Buffer, { head }: SignatureMemory): KnownHead | null {
  return head !== undefined && startsWith(body, head.bytes) ? head : null;
}

function readHead(body: Buffer, memory: SignatureMemory): KnownHead | null {
  const envelope = readEnvelope(body);
  const places = envelope && placeColumns(memory.plan, envelope.labels);
  // Positions are labels only where the schema has no names either.
  if (!envelope || !places || (memory.plan.isNamed && !envelope.hasLabels)) return null;
  const found = { bytes: Buffer.from(body.subarray(0, envelope.rowsAt)), envelope, places };
  if (envelope.hasLabels && envelope.rowsAt <= longestKnownHead) memory.head = found;
  return found;
}

function startsWith(body: Buffer, start: Buffer): boolean {
  return body.length > start.length && body.compare(start, 0, start.length, 0, start.length) === 0;
}

function assemble({ envelope, places }: KnownHead, { columns, rowCount }: JsonRows): Frame {
  const made: Column[] = [];
  for (const [place, { dtype }] of places) {
    const values = columns[place]!;
    const label = envelope.hasLabels ? envelope.labels[place]! : place;
    made.push({
      label,
      data: dtype === 'float64' ? { dtype, values } : { dtype, values: new Float32Array(values) },
    });
  }
  return frame(made, rowCount);
}
