import { afterAll, describe, expect, it } from 'vitest';
import { drawEnsemble, drawRows, SeededNumbers } from '../../test/trees/random-ensembles.ts';
import { createEnsembleKernel, type EnsembleKernel, type FillRows } from './ensemble-kernel.ts';

const random = new SeededNumbers(11);
const ensemble = drawEnsemble(random, {
  thresholdType: 'float32',
  comparison: '<',
  sumType: 'float32',
  vectorLeaves: false,
  categories: true,
  outputCount: 2,
  featureCount: 5,
  treeCount: 30,
  splitCount: 40,
  growth: 'bushy',
});
const kernel = createEnsembleKernel(ensemble, { threads: 2 });
const serial = createEnsembleKernel(ensemble, { threads: 0 });
afterAll(async () => {
  await Promise.all([kernel.close(), serial.close()]);
});

const rowCount = 20_011;
const values = drawRows(random, ensemble, rowCount, true).flat();

/** Fills from `values`, starting `shift` rows later. */
function fillFrom(shift: number): FillRows {
  return (rows, firstRow, count) => {
    for (let at = 0; at < count * 5; at++) {
      rows[at] = values[((firstRow + shift) * 5 + at) % values.length] as number;
    }
  };
}

function scoreSerially(
  of: EnsembleKernel,
  shift: number,
  range?: { firstTree: number; endTree: number },
): Float32Array | Float64Array {
  fillFrom(shift)(of.rowBuffer(rowCount), 0, rowCount);
  return of.predict(rowCount, range);
}

describe('predictParallel', () => {
  it('gives the bits of predict', async () => {
    expect(await kernel.predictParallel(rowCount, fillFrom(0))).toEqual(scoreSerially(serial, 0));
  });

  it.each([1, 255, 600, 2049, 3001, 9000])(
    'gives the bits of predict for %s rows',
    async (rows) => {
      fillFrom(7)(serial.rowBuffer(rows), 0, rows);
      const expected = serial.predict(rows);
      const calls = [0, 1, 2].map(() => kernel.predictParallel(rows, fillFrom(7)));
      for (const sums of await Promise.all(calls)) expect(sums).toEqual(expected);
    },
  );

  it('gives the bits of predict without threads', async () => {
    const range = { firstTree: 3, endTree: 17 };
    const sums = await serial.predictParallel(rowCount, fillFrom(4), { range });
    expect(sums).toEqual(scoreSerially(serial, 4, range));
  });

  it('keeps calls that overlap apart, each with its own trees', async () => {
    const calls = [0, 1, 2, 3, 4].map(async (shift) => {
      const range = { firstTree: shift, endTree: 30 - shift };
      const sums = await kernel.predictParallel(rowCount, fillFrom(shift), { range });
      return { sums, expected: scoreSerially(serial, shift, range) };
    });
    for (const { sums, expected } of await Promise.all(calls)) expect(sums).toEqual(expected);
  });

  it.each([
    ['threads', kernel],
    ['no threads', serial],
  ])('ends with the reason of its signal: %s', async (_, of) => {
    const controller = new AbortController();
    const reason = new Error('no longer wanted');
    const fill: FillRows = (rows, firstRow, count) => {
      fillFrom(0)(rows, firstRow, count);
      if (firstRow > 0) controller.abort(reason);
    };
    await expect(of.predictParallel(rowCount, fill, { signal: controller.signal })).rejects.toBe(
      reason,
    );
    expect(await of.predictParallel(rowCount, fillFrom(0))).toEqual(scoreSerially(serial, 0));
  });

  it('goes on working when many batches are given up while they wait for a thread', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new Error('all have left');
    const batches = Array.from({ length: 32 }, () =>
      kernel.predictParallel(rowCount, fillFrom(0), { signal }),
    );
    const ends = Promise.allSettled(batches);
    controller.abort(reason);
    for (const end of await ends) expect(end).toEqual({ status: 'rejected', reason });
    expect(await kernel.predictParallel(rowCount, fillFrom(2))).toEqual(scoreSerially(serial, 2));
  });

  it('passes on what the fill throws and goes on working', async () => {
    const failure = new Error('bad row');
    const fill = (): never => {
      throw failure;
    };
    await expect(kernel.predictParallel(rowCount, fill)).rejects.toBe(failure);
    expect(await kernel.predictParallel(rowCount, fillFrom(2))).toEqual(scoreSerially(serial, 2));
  });

  it('scores no rows', async () => {
    expect(await kernel.predictParallel(0, fillFrom(0))).toEqual(new Float32Array(0));
    kernel.rowBuffer(0);
    expect(kernel.predict(0)).toEqual(new Float32Array(0));
  });
});

describe('score', () => {
  it('takes many rows for long, and without threads nothing else', async () => {
    for (const of of [kernel, serial]) {
      const isLong = (rows: number): boolean => of.score(rows, fillFrom(0)) instanceof Promise;
      expect(isLong(1)).toBe(false);
      expect(isLong(2049)).toBe(true);
    }
    for (let call = 0; call < 10; call++) {
      fillFrom(0)(serial.rowBuffer(2000), 0, 2000);
      serial.predict(2000);
    }
    expect(serial.score(2000, fillFrom(0))).not.toBeInstanceOf(Promise);
  });

  it.each([600, 3001])('gives the bits of predict for %s rows', async (rows) => {
    const options = { range: { firstTree: 2, endTree: 21 } };
    fillFrom(5)(serial.rowBuffer(rows), 0, rows);
    const expected = serial.predict(rows, options.range);
    for (const of of [kernel, serial]) {
      expect(await of.score(rows, fillFrom(5), options)).toEqual(expected);
    }
  });
});

describe('calls that are bugs', () => {
  it('are refused', async () => {
    expect(() => serial.rowBuffer(-1)).toThrow(RangeError);
    expect(() => serial.rowBuffer(2 ** 40)).toThrow(RangeError);
    expect(() => serial.predict(1, { firstTree: 0, endTree: 31 })).toThrow(RangeError);
    const closed = createEnsembleKernel(ensemble);
    expect(() => closed.predict(1)).toThrow(RangeError);
    await closed.close();
    expect(() => closed.rowBuffer(1)).toThrow('closed');
    await expect(closed.predictParallel(1, fillFrom(0))).rejects.toThrow('closed');
  });
});
