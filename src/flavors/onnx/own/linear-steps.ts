/** LinearRegressor and LinearClassifier. Source: onnxruntime 1.30 core/providers/cpu/ml/linearregressor.cc, linearclassifier.cc. */
import {
  readFloats,
  readInteger,
  readIntegers,
  readString,
  readStrings,
} from '../attribute-values.ts';
import type { OnnxAttribute, OnnxNode } from '../onnx-model.ts';
import { type ClassLabels, labelsOf } from './class-labels.ts';
import { isOrdinaryMatrix } from './dense-kernel.ts';
import { largestClasses } from './largest-classes.ts';
import { type LinearParts, LinearSums, matrixOf } from './linear-sums.ts';
import { mostRowsOf } from './matrix-sizes.ts';
import { mlasLogistic } from './mlas-functions.ts';
import type { OpenStep, StepReader } from './own-step.ts';
import { isPostTransform, type PostTransform, transformRows } from './post-transforms.ts';

/** Of more features, MLAS adds up parts where the targets are many. */
const mostFeatures = 128;

const regressorNames = new Set(['coefficients', 'intercepts', 'targets', 'post_transform']);
const classifierNames = new Set([
  'coefficients',
  'intercepts',
  'classlabels_ints',
  'classlabels_strings',
  'multi_class',
  'post_transform',
]);

/** Sums without a transform. */
export const readLinearRegressor: StepReader = (node, { shapeOf }) => {
  const { attributes, inputs, outputs } = node;
  const [name] = outputs;
  const targets = attributes.get('targets');
  const targetCount = targets === undefined ? 1 : Number(readInteger(targets));
  const parts = readParts(node, regressorNames, targetCount, shapeOf(inputs[0])?.width ?? null);
  if (parts === null || name === undefined || shapeOf(inputs[0])?.type !== 'float32') return null;
  if (textOf(attributes.get('post_transform')) !== 'NONE') return null;
  const mostRows = mostRowsOf(parts.featureCount, targetCount);
  return {
    inputs,
    outputs: [{ name, shape: { type: 'float32', width: targetCount } }],
    mostRows,
    open: () => {
      const sums = new LinearSums(parts, mostRows);
      return {
        run: ([rows], { rowCount }) => {
          const all = sums.of(rows as Float32Array, rowCount);
          return all && [all];
        },
      };
    },
  };
};

/** Classifiers of at least two sums, one a class. */
export const readLinearClassifier: StepReader = (node, { shapeOf }) => {
  const { attributes, inputs, outputs } = node;
  const [label, scores] = outputs;
  const [texts, numbers] = [
    attributes.get('classlabels_strings'),
    attributes.get('classlabels_ints'),
  ];
  const labels = texts ? readStrings(texts) : numbers ? readIntegers(numbers) : [];
  const width = labels.length;
  const parts = readParts(node, classifierNames, width, shapeOf(inputs[0])?.width ?? null);
  const transform = textOf(attributes.get('post_transform'));
  // Their number is that of the sums.
  if (!attributes.has('intercepts')) return null;
  if (parts === null || label === undefined || scores === undefined || width < 2) return null;
  if (shapeOf(inputs[0])?.type !== 'float32' || !isPostTransform(transform)) return null;
  // Rows of five and more, and long batches, get another softmax, whose sums depend on the processor.
  if (transform === 'SOFTMAX' && width > mostSoftmaxClasses) return null;
  const mostRows = mostRowsOf(parts.featureCount, width);
  const classes = labelsOf(labels);
  return {
    inputs,
    outputs: [
      { name: label, shape: { type: classes.type, width: null } },
      { name: scores, shape: { type: 'float32', width } },
    ],
    mostRows: transform === 'SOFTMAX' ? Math.min(mostRows, mostSoftmaxScores / width) : mostRows,
    open: () => openClassifier(new LinearSums(parts, mostRows), classes, { width, transform }),
  };
};

const mostSoftmaxClasses = 4;
const mostSoftmaxScores = 16_380;

function readParts(
  { domain, inputs, attributes }: OnnxNode,
  known: ReadonlySet<string>,
  targetCount: number,
  featureCount: number | null,
): LinearParts | null {
  const given = attributes.get('coefficients');
  if (domain !== 'ai.onnx.ml' || inputs.length !== 1 || given === undefined) return null;
  if (featureCount === null || featureCount < 1 || featureCount > mostFeatures) return null;
  for (const name of attributes.keys()) if (!known.has(name)) return null;
  const coefficients = readFloats(given);
  const stated = attributes.get('intercepts');
  const intercepts = stated === undefined ? new Float32Array(targetCount) : readFloats(stated);
  if (targetCount < 1 || coefficients.length !== targetCount * featureCount) return null;
  if (intercepts.length !== targetCount || mostRowsOf(featureCount, targetCount) < 1) return null;
  const parts = { featureCount, targetCount, coefficients, intercepts };
  return isOrdinaryMatrix(matrixOf(parts)) ? parts : null;
}

function textOf(attribute: OnnxAttribute | undefined): string {
  return attribute === undefined ? 'NONE' : readString(attribute);
}

interface Scoring {
  readonly width: number;
  readonly transform: PostTransform;
}

function openClassifier(sums: LinearSums, labels: ClassLabels, scoring: Scoring): OpenStep {
  return {
    run: ([rows], { rowCount }) => {
      const scores = sums.of(rows as Float32Array, rowCount);
      if (scores === null || !areFinite(scores)) return null;
      const classes = labels.of(largestClasses(scores, scoring.width));
      transformScores(scores, scoring);
      return [classes, scores];
    },
  };
}

function areFinite(values: Float32Array): boolean {
  for (let at = 0; at < values.length; at++) if (!Number.isFinite(values[at])) return false;
  return true;
}

function transformScores(scores: Float32Array, { width, transform }: Scoring): void {
  if (transform !== 'LOGISTIC') transformRows(scores, width, transform);
  else for (let at = 0; at < scores.length; at++) scores[at] = mlasLogistic(scores[at]!);
}
