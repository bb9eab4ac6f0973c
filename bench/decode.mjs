// Numeric bodies and floats, ours against V8's JSON in turn, in one process: least and median microseconds.
const columns = ['age', 'sex', 'bmi', 'bp', 's1', 's2', 's3', 's4', 's5', 's6'];
const signature = {
  inputs: {
    kind: 'columns',
    columns: columns.map((name) => ({
      name,
      type: { kind: 'scalar', type: 'double' },
      required: true,
    })),
  },
  outputs: null,
  params: null,
  fromTypeHint: false,
};

export async function runBench({ json, quick }) {
  const { decodeNumericBody } = await import('../dist/payload/numeric/decode-numeric-body.js');
  const { encodeFloats } = await import('../dist/payload/numeric/encode-floats.js');
  const results = [];
  for (const rowCount of [1, 1000]) {
    const repeats = (rowCount === 1 ? 20_000 : 400) / (quick ? 10 : 1);
    for (const [form, body] of Object.entries(bodies(rowCount))) {
      const text = body.toString();
      results.push({
        what: `decode ${form}, ${rowCount} rows, ${body.length} bytes`,
        ours: time(() => decodeNumericBody(body, signature), repeats),
        v8: time(() => JSON.parse(text), repeats),
      });
    }
    const values = Float32Array.from({ length: rowCount }, () => Math.random() * 300);
    results.push({
      what: `encode ${rowCount} float32`,
      ours: time(() => encodeFloats(values), repeats),
      v8: time(() => JSON.stringify(Array.from(values)), repeats),
    });
  }
  if (json) console.log(JSON.stringify(results, null, 2));
  else
    console.table(results.map(({ what, ours, v8 }) => ({ what, ours: show(ours), v8: show(v8) })));
}

function bodies(rowCount) {
  const data = Array.from({ length: rowCount }, () => columns.map(() => (Math.random() - 0.5) / 5));
  const records = data.map((row) =>
    Object.fromEntries(row.map((value, at) => [columns[at], value])),
  );
  return {
    split: Buffer.from(JSON.stringify({ dataframe_split: { columns, data } })),
    records: Buffer.from(JSON.stringify({ dataframe_records: records })),
  };
}

function time(work, repeats) {
  for (let i = 0; i < repeats / 2; i++) work();
  const times = Array.from({ length: repeats }, () => {
    const started = performance.now();
    work();
    return (performance.now() - started) * 1000;
  }).toSorted((a, b) => a - b);
  return { least: times[0], median: times[repeats >> 1] };
}

function show({ least, median }) {
  return `${least.toFixed(1)} / ${median.toFixed(1)} µs`;
}
