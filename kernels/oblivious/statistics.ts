// Statistics of the target by category, as CatBoost's static_ctr_provider.cpp computes them: the categories and bins of
// a row are hashed together, the hash finds what was counted in training, and a prior smooths the quotient (float32).
import * as at from './layout';

const multiplier: u64 = 0x4906ba494954cb65;
const emptyBucket: u64 = 0xffffffffffffffff;
const notFound: u32 = 0xffffffff;

@inline
function mixed(hash: u64, value: u64): u64 {
  return multiplier * (hash + multiplier * value);
}

/** Hashes of all rows, 64 bits each. `categories` is a matrix of columns `stride` bytes apart. */
function hashRows(
  statistic: usize, bins: usize, categories: usize, stride: usize, rowCount: usize, hashes: usize,
): void {
  memory.fill(hashes, 0, rowCount << 3);
  let input = <usize>load<u32>(statistic, at.statisticInputs);
  const end = input + <usize>load<u32>(statistic, at.statisticInputCount) * at.inputSize;
  for (; input < end; input += at.inputSize) {
    const kind = load<u32>(input, at.inputKind);
    const column = <usize>load<u32>(input, at.inputColumn);
    const value = <u8>(load<u32>(input, at.inputValue) ^ 0x80);
    for (let row: usize = 0; row < rowCount; row++) {
      const hash = hashes + (row << 3);
      let part: u64;
      if (kind == at.inputCategory) part = <u64><i64>load<i32>(categories + column * stride + (row << 2));
      else {
        const bin = load<u8>(bins + column * at.blockRows + row);
        part = kind == at.inputEqual ? u64(bin == value) : u64(<i8>bin >= <i8>value);
      }
      store<u64>(hash, mixed(load<u64>(hash), part));
    }
  }
}

@inline
function findIndex(buckets: usize, mask: u32, hash: u64): u32 {
  let bucket = buckets + <usize>(<u32>hash & mask) * at.bucketSize;
  const last = buckets + <usize>mask * at.bucketSize;
  let found = load<u64>(bucket);
  while (found != hash && found != emptyBucket) {
    bucket = bucket == last ? buckets : bucket + at.bucketSize;
    found = load<u64>(bucket);
  }
  return found == emptyBucket ? notFound : load<u32>(bucket, 8);
}

@inline
function smoothed(statistic: usize, count: f32, total: f32): f32 {
  const quotient = (count + load<f32>(statistic, at.statisticPriorNumerator))
    / (total + load<f32>(statistic, at.statisticPriorDenominator));
  return (quotient + load<f32>(statistic, at.statisticShift)) * load<f32>(statistic, at.statisticScale);
}

function sumOf(values: usize, from: i32, to: i32): i32 {
  let sum = 0;
  for (let i = from; i < to; i++) sum += load<i32>(values + (<usize>i << 2));
  return sum;
}

function valueAt(statistic: usize, index: u32): f32 {
  const kind = load<u32>(statistic, at.statisticKind);
  const values = <usize>load<u32>(statistic, at.statisticValues);
  if (kind == at.statisticMean) {
    if (index == notFound) return smoothed(statistic, 0, 0);
    const pair = values + (<usize>index << 3);
    return smoothed(statistic, load<f32>(pair), <f32>load<i32>(pair, 4));
  }
  if (kind == at.statisticCount) {
    const count = index == notFound ? 0 : load<i32>(values + (<usize>index << 2));
    return smoothed(statistic, <f32>count, <f32>load<i32>(statistic, at.statisticDenominator));
  }
  if (index == notFound) return smoothed(statistic, 0, 0);
  const classes = load<i32>(statistic, at.statisticClasses);
  const target = load<i32>(statistic, at.statisticTarget);
  const history = values + ((<usize>index * <usize>classes) << 2);
  const total = sumOf(history, 0, classes);
  const good = kind == at.statisticClass ? sumOf(history, target, target + 1) : sumOf(history, target + 1, classes);
  return smoothed(statistic, <f32>good, <f32>total);
}

/** All statistics of a block, each into its column of float32. */
export function computeStatistics(
  plan: usize, scratch: usize, categories: usize, stride: usize, rowCount: usize,
): void {
  const hashes = scratch + <usize>load<u32>(plan, at.planScratchHashes);
  const columns = scratch + <usize>load<u32>(plan, at.planScratchColumns);
  let statistic = <usize>load<u32>(plan, at.planStatistics);
  const end = statistic + <usize>load<u32>(plan, at.planStatisticCount) * at.statisticSize;
  for (; statistic < end; statistic += at.statisticSize) {
    if (!load<u32>(statistic, at.statisticSameInputs))
      hashRows(statistic, scratch, categories, stride, rowCount, hashes);
    const buckets = <usize>load<u32>(statistic, at.statisticBuckets);
    const mask = load<u32>(statistic, at.statisticMask);
    const column = columns + ((<usize>load<u32>(statistic, at.statisticColumn) * at.blockRows) << 2);
    for (let row: usize = 0; row < rowCount; row++) {
      const index = findIndex(buckets, mask, load<u64>(hashes + (row << 3)));
      store<f32>(column + (row << 2), valueAt(statistic, index));
    }
  }
}
