/** Damaged LightGBM texts: a catalogue error or a model that scores, never a crash, a hang or gigabytes. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ndArray } from '../../src/data/nd-array.ts';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { openLightgbmText } from '../../src/flavors/lightgbm/load-booster.ts';
import { predict } from '../../src/flavors/lightgbm/predict.ts';
import { openScoreSource } from '../../src/flavors/lightgbm/score-source.ts';
import { mutate, seededRandom } from './mutate.ts';

const count = Number(process.env['SLIPWAY_FUZZ_RUNS'] ?? 300);
const fixtures = path.resolve(import.meta.dirname, '../fixtures/lightgbm');
const texts = readdirSync(fixtures)
  .filter((name) => name.endsWith('.json'))
  .map((name) => {
    const { text } = JSON.parse(readFileSync(path.join(fixtures, name), 'utf8')) as {
      text: string;
    };
    return Buffer.from(text, 'base64').toString('utf8');
  });
/** Everything before the parameters, which nobody reads. */
const treesOf = (text: string): string => text.slice(0, text.indexOf('end of trees'));
const input = ndArray({ dtype: 'float64', values: new Float64Array(10) }, [2, 5]);

async function outcomeOf(text: string): Promise<string> {
  try {
    const model = openLightgbmText(text);
    const source = openScoreSource(model, 0);
    await predict({ model, source }, input, new AbortController().signal);
    await source.close();
    return 'scored';
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return error.code;
  }
}

describe(`${count} damaged LightGBM texts`, () => {
  it('get a catalogue error or a model', async () => {
    const random = seededRandom(20_260_101);
    let refusals = 0;
    for (let i = 0; i < count; i += 1) {
      const text = treesOf(texts[Math.floor(random() * texts.length)] as string);
      // Without sizes, damage that changes lengths reaches the trees too.
      const whole = i % 2 === 0 ? text : text.replace(/^tree_sizes=.*\n/m, '');
      const damaged = Buffer.from(mutate(Buffer.from(whole), random)).toString('utf8');
      refusals += (await outcomeOf(damaged)) === 'scored' ? 0 : 1;
    }
    expect(refusals).toBeGreaterThan(count / 10);
  }, 600_000);

  it('get one for every wrong number in a tree', async () => {
    const text = treesOf(texts[0] as string).replace(/^tree_sizes=.*\n/m, '');
    const random = seededRandom(7);
    const numbers = Array.from(text.matchAll(/(?<=[= ])-?\d[^\s]*/g));
    const odd = [
      '-1',
      '0',
      '6',
      '7',
      '-8',
      '2147483647',
      '-2147483648',
      '4294967296',
      '1e999',
      'nan',
      '',
      'x',
    ];
    for (let i = 0; i < count; i += 1) {
      const { index, 0: number } = numbers[
        Math.floor(random() * numbers.length)
      ] as RegExpExecArray;
      const other = odd[Math.floor(random() * odd.length)] as string;
      const outcome = await outcomeOf(
        text.slice(0, index) + other + text.slice(index + number.length),
      );
      expect(['scored', 'MODEL_FILE_INVALID', 'MODEL_NOT_NATIVE', 'PREDICT_FAILED']).toContain(
        outcome,
      );
    }
  }, 600_000);
});

const tree = (lines: Readonly<Record<string, string>>): string =>
  [
    'tree',
    'version=v4',
    'num_class=1',
    'num_tree_per_iteration=1',
    'label_index=0',
    'max_feature_idx=4',
    'objective=regression',
    'feature_names=a b c d e',
    'feature_infos=none none none none none',
    '',
    'Tree=0',
    ...Object.entries({
      num_leaves: '3',
      num_cat: '0',
      split_feature: '0 1',
      threshold: '1 2',
      decision_type: '2 2',
      left_child: '1 -1',
      right_child: '-2 -3',
      leaf_value: '1 2 3',
      ...lines,
    }).map(([key, value]) => `${key}=${value}`),
    '',
    'end of trees',
  ].join('\n');

describe('a LightGBM text with', () => {
  it('nothing wrong is scored', async () => {
    expect(await outcomeOf(tree({}))).toBe('scored');
  });

  it.each([
    ['a cycle', { left_child: '1 0' }],
    ['a split that is its own child', { left_child: '0 -1' }],
    ['a leaf of two parents', { right_child: '-1 -3' }],
    ['a child beyond the splits', { left_child: '2 -1' }],
    ['a child beyond the leaves', { right_child: '-4 -3' }],
    ['a feature that does not exist', { split_feature: '0 5' }],
    ['a negative feature', { split_feature: '-1 1' }],
    ['a huge number of leaves', { num_leaves: '2147483647' }],
    ['no leaves', { num_leaves: '0' }],
    ['too few leaf values', { leaf_value: '1 2' }],
    ['too many thresholds', { threshold: '1 2 3' }],
    ['a threshold that is no number', { threshold: '1 abc' }],
    ['a hexadecimal threshold', { threshold: '1 0x2' }],
    [
      'a set that does not exist',
      {
        num_cat: '1',
        decision_type: '1 0',
        threshold: '1 2',
        cat_boundaries: '0 1',
        cat_threshold: '1',
      },
    ],
    ['no boundaries of sets', { num_cat: '1', decision_type: '1 0', threshold: '0 2' }],
    [
      'boundaries that go down',
      {
        num_cat: '2',
        decision_type: '1 0',
        threshold: '0 2',
        cat_boundaries: '0 1 0',
        cat_threshold: '',
      },
    ],
    [
      'a huge number of sets',
      { num_cat: '2147483646', decision_type: '1 0', cat_boundaries: '0', cat_threshold: '1' },
    ],
    [
      'huge sets',
      {
        num_cat: '1',
        decision_type: '1 0',
        threshold: '0 1',
        cat_boundaries: '0 2147483647',
        cat_threshold: '1',
      },
    ],
    [
      'a linear term of no feature',
      {
        is_linear: '1',
        leaf_const: '0 0 0',
        num_features: '1 0 0',
        leaf_features: '9',
        leaf_coeff: '1',
      },
    ],
    [
      'a negative number of linear terms',
      {
        is_linear: '1',
        leaf_const: '0 0 0',
        num_features: '-1 0 0',
        leaf_features: '',
        leaf_coeff: '',
      },
    ],
  ])('%s is refused', async (_, lines) => {
    expect(await outcomeOf(tree(lines as Readonly<Record<string, string>>))).toBe(
      'MODEL_FILE_INVALID',
    );
  });

  it.each([
    [
      'huge classes',
      /num_class=1\nnum_tree_per_iteration=1/,
      'num_class=1048576\nnum_tree_per_iteration=1048576',
    ],
    ['huge features', 'max_feature_idx=4', 'max_feature_idx=2147483646'],
    ['fewer trees than classes', 'num_class=1', 'num_class=2'],
    ['too few names', 'feature_names=a b', 'feature_names=a'],
    ['sizes that lie', 'feature_infos', 'tree_sizes=3 99999\nfeature_infos'],
    ['an objective without settings', 'objective=regression', 'objective=binary'],
    ['a line without a value', 'num_leaves=3', 'num_leaves'],
    ['categories that are not JSON', 'end of trees', 'end of trees\n\npandas_categorical:[['],
  ])('%s is refused', async (_, from, to) => {
    expect(await outcomeOf(tree({}).replace(from, to))).toBe('MODEL_FILE_INVALID');
  });

  it.each([
    ['more classes than we take', /^num_(class|tree_per_iteration)=1$/gm, 'num_$1=2147483646'],
    ['an objective of later versions', 'objective=regression', 'objective=quantum'],
    ['another first line', /^tree/, 'forest'],
  ])('%s is left to Python', async (_, from, to) => {
    expect(await outcomeOf(tree({}).replace(from, to))).toBe('MODEL_NOT_NATIVE');
  });
});
