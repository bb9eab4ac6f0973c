/** What is seen of calls of gRPC: ids, and counts by the status that REST would have given. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { slipwayError } from '../../src/errors/slipway-error.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { type GrpcFixture, methodOf, startGrpcFixture } from './grpc-fixture.ts';

const route = '/inference.GRPCInferenceService/ModelInfer';
const input = { name: 'a', datatype: 'FP64', shape: [2, 1], contents: { fp64Contents: [1, 2] } };

let metrics: Metrics;
let fixture: GrpcFixture;

beforeEach(async () => {
  metrics = new Metrics();
  fixture = await startGrpcFixture(metrics);
});

afterEach(() => fixture.stop());

/** Status and how often, of one model's inferences. */
function statusesOf(model: string): Readonly<Record<string, number>> {
  const meter = metrics.meters().find(({ name }) => name === model);
  const routes = [...(meter?.routes ?? [])].filter((one) => one.route === route);
  return Object.fromEntries(routes.flatMap((one) => one.statuses()));
}

describe('calls', () => {
  it('are counted with their model, their rows and their failures', async () => {
    await fixture.call('ModelInfer', { modelName: 'm', inputs: [input] });
    await fixture.refusal('ModelInfer', { modelName: 'm', inputs: [] });
    fixture.predict = () => Promise.reject(slipwayError('QUEUE_FULL', 'wait'));
    await fixture.refusal('ModelInfer', { modelName: 'm', inputs: [input] });
    expect(statusesOf('m')).toEqual({ 200: 1, 400: 1, 503: 1 });
    expect(metrics.inFlight).toBe(0);
    expect(metrics.meters().find(({ name }) => name === 'm')?.rows.sum).toBe(4);
  });

  it('carry the id of their request', async () => {
    const { path, requestSerialize } = methodOf(
      fixture.server,
      'inference.GRPCInferenceService',
      'ServerLive',
    );
    const { Metadata } = fixture.server.loaded.library;
    const ids: unknown[] = [];
    for (const given of [undefined, 'abc']) {
      const metadata = new Metadata();
      if (given !== undefined) metadata.set('x-request-id', given);
      await new Promise((resolve, reject) => {
        fixture.client
          .makeUnaryRequest(
            path,
            requestSerialize,
            (bytes: Buffer) => bytes,
            {},
            metadata,
            (error, value) => (error === null ? resolve(value) : reject(error)),
          )
          .on('metadata', (sent) => ids.push(sent.get('x-request-id')[0]));
      });
    }
    expect(ids).toEqual(['new', 'abc']);
  });
});
