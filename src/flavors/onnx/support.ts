/** What the reader supports, for the documentation. */
import type { SupportRow } from '../../contract/flavor-reader.ts';
import { knownIrVersion, knownOpsets, randomOperations } from './check-operators.ts';
import { elementTypes } from './element-types.ts';
import { sumTolerances } from './tolerance.ts';

/** Measured against Python's onnxruntime 1.32 with onnxruntime-node 1.30. */
const exact =
  'exact: the bits of onnxruntime 1.32 in every test of ONNX 1.23 for single operations';
const sums = `libm and blas: sums of floats depend on the CPU and on the number of threads; ${sumTolerances.float32} relative (float32), ${sumTolerances.float64} (float64)`;

const native = (area: string, name: string, note: string): SupportRow => ({
  area,
  name,
  native: true,
  note,
});
const python = (area: string, name: string, note: string): SupportRow => ({
  area,
  name,
  native: false,
  note,
});

/** Formats, operations, types, shapes of calls and session options. */
export const support: readonly SupportRow[] = [
  {
    area: 'version',
    name: 'onnxruntime-node 1.30 beside onnxruntime 1.32',
    native: true,
    note: 'models of onnx 1.23 and skl2onnx 1.20 were tried',
  },
  native('format', 'onnx', `IR version up to ${knownIrVersion}; needs onnxruntime-node`),
  native('format', 'external data', 'inside the model folder'),
  ...Array.from(knownOpsets, ([domain, version]) =>
    native('operations', domain === '' ? 'ai.onnx' : domain, `up to version ${version}; ${exact}`),
  ),
  native('operations', 'functions of the model', exact),
  native('operations', 'matrix products, convolutions, tree ensembles', sums),
  native(
    'operations',
    'TreeEnsembleRegressor and TreeEnsembleClassifier of float32',
    'exact: our own kernel adds trees up in the order of onnxruntime with the same number of threads; with nothing but Cast, Identity, Normalizer and ZipMap around them',
  ),
  native(
    'operations',
    'LinearRegressor, LinearClassifier, small networks of float32 (MatMul, Gemm, Add, Relu, Sigmoid, Tanh)',
    'exact: few rows are computed by our own kernel, where it is seen at the start to have the bits of onnxruntime on this processor; all others by onnxruntime',
  ),
  native('operations', 'ZipMap at the end', 'exact; its maps are made outside of onnxruntime'),
  python('operations', 'other domains', 'they need a library of their own'),
  python('operations', Array.from(randomOperations).join(', '), 'they draw random numbers'),
  python(
    'operations',
    'TopK, Conv and others behind NonZero, Compress, NonMaxSuppression, Unique',
    'an empty tensor ends the process in onnxruntime 1.30',
  ),
  ...Array.from(elementTypes.values(), ({ name, runtimeType }) =>
    runtimeType === undefined
      ? python(
          'tensors',
          name,
          'onnxruntime-node does not exchange it; inside the graph it is native',
        )
      : native('tensors', name, 'exact'),
  ),
  ...['sequence', 'map', 'optional', 'sparse tensor'].map((name) =>
    python('tensors', name, 'onnxruntime-node exchanges tensors only'),
  ),
  native('input', 'defaults replaced by a call', 'exact; by a session of its own'),
  python('input', 'text with a NUL character', 'the call is refused; use the python runtime'),
  python(
    'input',
    'no elements, with operations that divide by sizes',
    'the call is refused; use the python runtime',
  ),
  native('option', 'providers', 'those of the build; else the CPU, with a warning'),
  native('option', 'onnx_session_options', 'exact; not entries that name files'),
];
