/** The REST routes of the Open Inference Protocol. Source: its specification, MLServer 1.7.1 rest/app.py. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseQuickly, isObject, memberOf } from '../../payload/oip/json-document.ts';
import type { InferResponse } from '../../payload/oip/encode-infer-response.ts';
import { bodyOf } from '../body-of.ts';
import { catalogueErrorOf } from '../catalogue-error-of.ts';
import type { ReceivedMessage } from '../create-app.ts';
import type { Answer } from '../error-answer.ts';
import { noteError, notesOf } from '../observed-response.ts';
import { type Report, reportUnexpected } from '../report-unexpected.ts';
import { type AnswerStyle, sendAnswer } from '../send-answer.ts';
import { answerInference } from './answer-inference.ts';
import {
  liveAnswer,
  modelMetadata,
  modelReady,
  readyAnswer,
  repositoryIndex,
  serverMetadata,
} from './metadata-answers.ts';
import type { ModelRepository, ServedModel } from '../../repository/model-repository.ts';
import { sentence } from '../../repository/why-not-served.ts';
import { refusal, v2ErrorAnswer } from './v2-error-answer.ts';

/** What the routes need. */
export interface V2Options {
  readonly repository: ModelRepository;
  readonly style: AnswerStyle;
  readonly report: Report;
}

type Work = (request: FastifyRequest, reply: FastifyReply) => Answer | Promise<Answer | null>;

const ok: Answer = { status: 200, contentType: '', body: '' };

const modelPath = '/v2/models/:model';
const versionPath = '/v2/models/:model/versions/:version';

/** Adds every path under `/v2`; whatever else is asked for there is refused in the protocol's form. */
export function addV2Routes(app: FastifyInstance, options: V2Options): void {
  const { repository } = options;
  const add = routeAdder(app, options);
  for (const path of ['/v2', '/v2/']) add('GET', path, () => serverMetadata());
  add('GET', '/v2/health/live', () => liveAnswer);
  add('GET', '/v2/health/ready', () => {
    const why = repository.whyNotReady();
    return why === null ? readyAnswer : notReady(why);
  });
  for (const path of [modelPath, versionPath]) {
    add('GET', path, (request) => {
      const model = modelOf(request, repository);
      return modelMetadata(model, repository.versions(model.name));
    });
    add('GET', `${path}/ready`, (request) => modelReady(modelOf(request, repository)));
    add('POST', `${path}/infer`, (request, reply) => infer(request, reply, options));
  }
  add('POST', '/v2/repository/index', (request) => listModels(request, repository));
  add('POST', '/v2/repository/models/:model/load', async (request) => {
    await repository.load(nameOf(request));
    return ok;
  });
  add('POST', '/v2/repository/models/:model/unload', async (request) => {
    await repository.unload(nameOf(request));
    return ok;
  });
  app.all('/v2/*', (request, reply) => {
    sendAnswer(
      reply,
      refusal(404, `There is no ${request.method} ${pathOf(request)}.`),
      options.style,
    );
  });
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

type AddRoute = (method: 'GET' | 'POST', url: string, work: Work) => void;

/** Every error of a route is answered in the protocol's form, those of reading the body included. */
function routeAdder(app: FastifyInstance, { style, report }: V2Options): AddRoute {
  const fail = (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const error = catalogueErrorOf(thrown);
    noteError(request.raw, error);
    const answer = v2ErrorAnswer(error);
    reportUnexpected(error, answer.status, report);
    sendAnswer(reply, answer, style);
  };
  return (method, url, work) => {
    const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      try {
        const answer = await work(request, reply);
        if (answer !== null) sendAnswer(reply, answer, style);
      } catch (error) {
        fail(error, request, reply);
      }
    };
    app.route({
      method,
      url,
      handler: (request, reply) => void handler(request, reply),
      errorHandler: fail,
    });
    app.route({
      method: methods.filter((other) => other !== method),
      url,
      handler: (_request, reply) => sendAnswer(reply, wrongMethod(method), style),
    });
  };
}

function notReady(why: string): Answer {
  return {
    ...refusal(503, `The server is not ready: ${sentence(why)}`),
    headers: { 'retry-after': '1' },
  };
}

function wrongMethod(allow: string): Answer {
  return { ...refusal(405, `Only ${allow} is allowed here.`), headers: { allow } };
}

interface ModelParams {
  readonly model: string;
  readonly version?: string;
}

function nameOf(request: FastifyRequest): string {
  return (request.params as ModelParams).model;
}

function modelOf(request: FastifyRequest, repository: ModelRepository): ServedModel {
  const { model, version = null } = request.params as ModelParams;
  return repository.find(model, version);
}

function pathOf(request: FastifyRequest): string {
  return (request.raw.url ?? '').split('?')[0]!.slice(0, 200);
}

/** `{"ready": true}` leaves out what is not. */
async function listModels(request: FastifyRequest, repository: ModelRepository): Promise<Answer> {
  const body = parseQuickly(bodyOf(request));
  const models = await repository.index();
  const onlyReady = isObject(body) && memberOf(body, 'ready') === true;
  return repositoryIndex(onlyReady ? models.filter(({ state }) => state === 'READY') : models);
}

async function infer(
  request: FastifyRequest,
  reply: FastifyReply,
  { repository, style }: V2Options,
): Promise<Answer | null> {
  const received: ReceivedMessage = request.raw;
  const body = bodyOf(request);
  const response = await answerInference(modelOf(request, repository), {
    body,
    headerLength: headerOf(request, 'inference-header-content-length'),
    startedAtMs: received.startedAtMs ?? 0,
    caller: reply.raw,
    ...notesOf(received, body),
  });
  if (response.binary === null) {
    return { status: 200, contentType: 'application/json', body: response.json };
  }
  sendBinary(reply, response.json, response.binary, style);
  return null;
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

function sendBinary(
  reply: FastifyReply,
  json: string,
  binary: NonNullable<InferResponse['binary']>,
  style: AnswerStyle,
): void {
  reply.hijack();
  if (reply.raw.destroyed) return;
  const head = Buffer.from(json);
  const body = Buffer.concat([head, ...binary]);
  reply.raw.writeHead(200, {
    server: style.serverHeader,
    'x-content-type-options': 'nosniff',
    'content-length': body.length,
    'content-type': 'application/octet-stream',
    'inference-header-content-length': head.length,
    ...(style.stopping && { connection: 'close' }),
    ...(reply.request.raw as ReceivedMessage).answerHeaders,
  });
  style.queue.end(reply.raw, body);
}
