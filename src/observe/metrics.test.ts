import { describe, expect, it } from 'vitest';
import { createRequestNotes } from '../scoring/request-notes.ts';
import { mergeMetrics } from './merge-metrics.ts';
import { Metrics } from './metrics.ts';

/** Counts one request of a model of one row: parse 1 ms, queue 2 ms, predict 3 ms, encode 4 ms. */
function count(metrics: Metrics, status = 200): void {
  const meter = metrics.model('wine', '2');
  meter.route('/invocations').ended(status, 0.011);
  meter.scored({
    ...createRequestNotes(),
    rows: 3,
    parseAtMs: 1000,
    predictAtMs: 1001,
    queueMs: 2,
    encodeAtMs: 1006,
    encodedAtMs: 1010,
  });
  meter.called(2, 6);
}

/** Lines of a scrape that begin with `name`. */
function linesOf(text: string, name: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith(name));
}

describe('a scrape', () => {
  it('holds what was counted', async () => {
    const metrics = new Metrics();
    count(metrics);
    count(metrics, 400);
    metrics.model('wine', '2').failed('INVALID_INPUT');
    metrics.other.route('other').ended(404, 0.0001);
    metrics.inFlight = 7;
    const text = await metrics.text();
    expect(linesOf(text, 'slipway_requests_total')).toEqual([
      'slipway_requests_total{route="other",model="",version="",code="404"} 1',
      'slipway_requests_total{route="/invocations",model="wine",version="2",code="200"} 1',
      'slipway_requests_total{route="/invocations",model="wine",version="2",code="400"} 1',
    ]);
    expect(linesOf(text, 'slipway_errors_total')).toEqual([
      'slipway_errors_total{error="INVALID_INPUT",model="wine",version="2"} 1',
    ]);
    expect(linesOf(text, 'slipway_requests_in_flight')).toEqual(['slipway_requests_in_flight 7']);
    const sums = linesOf(text, 'slipway_request_phase_seconds_sum').map((line) => {
      const [, phase, value] = /phase="(\w+)".* (\S+)$/.exec(line)!;
      return [phase, Number(Number(value).toFixed(6))];
    });
    expect(Object.fromEntries(sums)).toEqual({
      parse: 0.002,
      queue: 0.004,
      predict: 0.006,
      encode: 0.008,
    });
    expect(linesOf(text, 'slipway_request_rows_bucket').slice(1, 4)).toEqual([
      'slipway_request_rows_bucket{model="wine",version="2",le="2"} 0',
      'slipway_request_rows_bucket{model="wine",version="2",le="5"} 2',
      'slipway_request_rows_bucket{model="wine",version="2",le="10"} 2',
    ]);
    expect(linesOf(text, 'process_resident_memory_bytes')).toHaveLength(1);
  });

  it('says how loaded models are doing, and nothing of those that have gone', async () => {
    const metrics = new Metrics();
    const model = metrics.open('wine', null);
    model.opened({
      facts: { flavor: 'xgboost', runtime: 'native', modelUuid: 'u', mlflowVersion: '3.17.2' },
      loadSeconds: 0.25,
      activity: () => ({
        running: 1,
        waiting: 4,
        workers: { starting: 0, ready: 2, draining: 1, restarts: 3 },
      }),
    });
    const text = await metrics.text();
    const wine = 'model="wine",version=""';
    expect(text).toContain(
      `slipway_model_info{${wine},flavor="xgboost",runtime="native",model_uuid="u",mlflow_version="3.17.2"} 1\n`,
    );
    expect(text).toContain(`slipway_model_load_seconds{${wine}} 0.25\n`);
    expect(text).toContain(`slipway_queue_length{${wine}} 4\n`);
    expect(text).toContain(`slipway_workers{${wine},state="ready"} 2\n`);
    expect(text).toContain(`slipway_worker_restarts_total{${wine}} 3\n`);
    model.closed();
    expect(linesOf(await metrics.text(), 'slipway_model_info')).toEqual([]);
  });

  it('adds up the states of several processes after a way through JSON', async () => {
    const both = [new Metrics(), new Metrics()] as const;
    for (const metrics of both) {
      count(metrics);
      metrics.inFlight = 2;
      metrics.open('wine', '2').opened({
        facts: { flavor: 'xgboost', runtime: 'native', modelUuid: 'u', mlflowVersion: '3' },
        loadSeconds: 0.5,
        activity: () => ({ running: 0, waiting: 1, workers: null }),
      });
    }
    count(both[1]);
    const states = await Promise.all(both.map((metrics) => metrics.state()));
    const text = await mergeMetrics(JSON.parse(JSON.stringify(states)));
    const wine = 'model="wine",version="2"';
    expect(text).toContain(`slipway_requests_total{route="/invocations",${wine},code="200"} 3\n`);
    expect(text).toContain('slipway_requests_in_flight 4\n');
    expect(text).toContain(`slipway_queue_length{${wine}} 2\n`);
    expect(text).toContain(`slipway_request_rows_count{${wine}} 3\n`);
    expect(text).toMatch(/slipway_model_info\{.*\} 1\n/);
    expect(text).toContain(`slipway_model_load_seconds{${wine}} 0.5\n`);
  });

  it('asks all processes where there are several', async () => {
    const [asked, other] = [new Metrics(), new Metrics()];
    count(other);
    asked.collectFrom(async () => [await asked.state(), await other.state()]);
    expect(linesOf(await asked.text(), 'slipway_requests_total')).toEqual([
      'slipway_requests_total{route="/invocations",model="wine",version="2",code="200"} 1',
    ]);
  });
});
