import { expect, it } from 'vitest';
import { mergeMetrics } from './merge-metrics.ts';
import { mlserverFamilies } from './mlserver-families.ts';
import { Metrics } from './metrics.ts';

it('says the counts once more under the names of MLServer', async () => {
  const metrics = new Metrics();
  for (const name of ['a', 'b']) {
    const meter = metrics.model(name, '1');
    meter.route('/invocations').ended(200, 0.5);
    meter.route('/v2/models/{model}/infer').ended(503, 0.25);
    meter.route('/inference.GRPCInferenceService/ModelInfer').ended(400, 0.25);
    meter.route('/inference.GRPCInferenceService/ModelInfer').ended(415, 1);
  }
  metrics.model('a', '1').queued(3, 1);
  metrics.model('b', '1').queued(20, 0);
  metrics.other.route('/ping').ended(200, 0.001);
  const text = await mergeMetrics([mlserverFamilies(metrics)]);
  const lines = text.split('\n').filter((line) => line !== '');
  expect(lines).toEqual(
    expect.arrayContaining([
      'model_infer_request_success_total{model="a",version="1"} 1',
      'model_infer_request_failure_total{model="b",version="1"} 3',
      'model_infer_request_duration_sum{model="a",version="1"} 2',
      'model_infer_request_duration_count{model="a",version="1"} 4',
      'rest_server_requests_total{method="POST",path="/invocations",app_name="mlserver",status_code="200"} 2',
      'rest_server_requests_total{method="GET",path="/ping",app_name="mlserver",status_code="200"} 1',
      'rest_server_request_duration_seconds_count{method="POST",path="/invocations",app_name="mlserver"} 2',
      'parallel_request_queue_bucket{le="5"} 1',
      'parallel_request_queue_bucket{le="+Inf"} 2',
      'parallel_request_queue_sum 23',
      'batch_request_queue_bucket{model_name="a",model_version="1",le="0.75"} 0',
      'batch_request_queue_bucket{model_name="a",model_version="1",le="1"} 1',
      'batch_request_queue_bucket{model_name="b",model_version="1",le="0.005"} 1',
      'grpc_server_handled_total{grpc_type="UNARY",grpc_service="inference.GRPCInferenceService",grpc_method="ModelInfer",grpc_code="INVALID_ARGUMENT"} 4',
    ]),
  );
  expect(new Set(lines).size).toBe(lines.length);
});
