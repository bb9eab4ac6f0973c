/** The same requests to a container and to `slipway serve` of the same model: answers must have the same bytes. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { getFlavorBackend } from '../../src/backend/get-flavor-backend.ts';
import { projectRoot } from '../architecture/source-files.ts';

/** One request. */
export interface ModelRequest {
  readonly path: string;
  readonly init?: RequestInit;
  /** Of both answers. */
  readonly status: number;
}

/** Asks the container at `url` and a server of its own, one request after another. @returns each difference in words */
export async function compareWithServe(
  url: string,
  model: string,
  requests: readonly ModelRequest[],
): Promise<readonly string[]> {
  const backend = await getFlavorBackend(model, { runtime: 'native' });
  const local = await backend.serve(model, {
    port: 0,
    host: '127.0.0.1',
    synchronous: false,
    stdout: 'ignore',
  });
  try {
    const { url: localUrl } = await local.ready;
    const differences: string[] = [];
    for (const { path: place, init, status } of requests) {
      const there = await describeAnswer(await fetch(url + place, init));
      const here = await describeAnswer(await fetch(localUrl + place, init));
      if (there !== here) differences.push(`${place}: ${there} is not ${here}`);
      if (!there.startsWith(`${status} `)) differences.push(`${place}: ${there} is not ${status}`);
    }
    return differences;
  } finally {
    await local.terminate();
  }
}

/** Status, content type and every byte of the body. */
async function describeAnswer(answer: Response): Promise<string> {
  const body = Buffer.from(await answer.arrayBuffer()).toString('latin1');
  return `${answer.status} ${answer.headers.get('content-type')} ${body}`;
}

function get(place: string): ModelRequest {
  return { path: place, status: 200 };
}

function post(type: string, body: string | Uint8Array<ArrayBuffer>, status = 200): ModelRequest {
  return {
    path: '/invocations',
    init: { method: 'POST', headers: { 'content-type': type }, body },
    status,
  };
}

const json = 'application/json';
const example = readFileSync(
  path.join(projectRoot, 'examples/diabetes/model/serving_input_example.json'),
  'utf8',
);
const [parquet] = JSON.parse(
  readFileSync(path.join(projectRoot, 'test/fixtures/parquet/cases.json'), 'utf8'),
) as readonly { body: string }[];

/** What every model answers. */
const plain: readonly ModelRequest[] = [
  get('/ping'),
  get('/health'),
  get('/version'),
  get('/v2/health/ready'),
  get('/v2/models/mlflow-model'),
  post(json, '{"inputs": 1', 400),
];

/** Five columns for the recorded LightGBM model: edges of float64, missing values, whole numbers. */
const lightgbmRows =
  '[[0.5, 1.0, 0.25, 1.5, -1.0], [1e308, -1e308, 5e-324, 0.1, -0.0], [null, 2, null, 4, null]]';

/** Requests of the models that the tests have, by their flavors. */
export const requestsOf: Readonly<
  Record<'xgboost' | 'onnx' | 'lightgbm', readonly ModelRequest[]>
> = {
  xgboost: [
    ...plain,
    post(json, example),
    // Read by a thread that has a file of its own; its columns are not the model's.
    post(
      'application/vnd.apache.parquet',
      new Uint8Array(Buffer.from(parquet?.body ?? '', 'base64')),
      400,
    ),
  ],
  onnx: [
    ...plain,
    post(json, '{"dataframe_split": {"columns": ["c0"], "data": [[1.5], [0.1], [-0.0], [1e308]]}}'),
    post(json, '{"dataframe_records": [{"c0": 2.5}, {"c0": null}]}'),
    post('text/csv', 'c0\n1.25\n3e-320\n'),
  ],
  lightgbm: [
    ...plain,
    post(json, `{"inputs": ${lightgbmRows}}`),
    post(json, `{"instances": ${lightgbmRows}}`),
    post(
      json,
      `{"dataframe_split": {"columns": ["a", "b", "c", "d", "e"], "data": ${lightgbmRows}}}`,
    ),
    post('text/csv', 'a,b,c,d,e\n0.5,1,0.25,1.5,-1\n,2,,4,\n'),
  ],
};
