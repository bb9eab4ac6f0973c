/** A graph of our own beside onnxruntime: small calls go to the first where it was seen to have the bits of the second here. */
import type { OnnxSession } from '../onnx-session.ts';
import type { Outputs } from '../to-answer.ts';
import type { TensorParts } from '../to-tensor.ts';
import type { OwnGraph } from './find-own-graph.ts';
import type { OwnSession } from './own-session.ts';

type Session = Pick<OnnxSession, 'run'>;

/** A graph that limits the rows, and its session. */
export interface OwnChoice {
  readonly graph: OwnGraph;
  readonly session: OwnSession;
}

/** What runs calls: the library alone where the two differ, as on a processor without FMA. */
export async function beginWithOwn(own: OwnChoice, library: Session): Promise<Session> {
  if (!(await agree(own, library))) return library;
  const { graph, session } = own;
  const mostRows = graph.mostRows ?? 0;
  return {
    run: (feeds, signal) => {
      const [rowCount = 0] = feeds[graph.inputName]?.dims ?? [];
      if (rowCount < 1 || rowCount > mostRows) return library.run(feeds, signal);
      const pending = session.run(feeds, signal);
      if (!(pending instanceof Promise)) return pending ?? library.run(feeds, signal);
      return pending.then((outputs) => outputs ?? library.run(feeds, signal));
    },
  };
}

/** One row goes another way than several, and eight are the most that are computed side by side. */
const probedRows = [1, 2, 3, 8, 9];

async function agree({ graph, session }: OwnChoice, library: Session): Promise<boolean> {
  const { signal } = new AbortController();
  const width = graph.inputWidth;
  for (const rowCount of probedRows.filter((rows) => rows <= (graph.mostRows ?? 0))) {
    const data = Float32Array.from({ length: rowCount * width }, (_, at) => 3 * Math.sin(at + 1));
    const feeds = {
      [graph.inputName]: { type: 'float32', data, dims: [rowCount, width] },
    } as const;
    const own = await session.run(feeds, signal);
    if (own === null || !areSame(own, await library.run(feeds, signal))) return false;
  }
  return true;
}

function areSame(left: Outputs, right: Outputs): boolean {
  return Object.keys(left).every((name) => isSame(left[name]!, right[name]!));
}

function isSame({ data: left }: TensorParts, { data: right }: TensorParts): boolean {
  if (left.length !== right.length) return false;
  return Array.from<unknown>(left).every((value, at) => Object.is(value, right[at]));
}
