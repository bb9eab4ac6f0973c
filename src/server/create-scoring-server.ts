/** The HTTP server: routes over one scoring service. Knows HTTP and no flavor. */
import type { Server } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Responder } from '../repository/preferred-responder.ts';
import type { Observer } from '../observe/observer.ts';
import { addMetricsRoute } from './add-metrics-route.ts';
import { createAnswerQueue } from './answer-queue.ts';
import { catalogueErrorOf } from './catalogue-error-of.ts';
import { createApp, type HttpLimits, type ReceivedMessage } from './create-app.ts';
import { directAnswerer } from './direct/answer-directly.ts';
import { DirectConnections } from './direct/direct-connections.ts';
import { createDoors, type Doors } from './doors/doors.ts';
import { type TlsContext, watchTlsFiles } from './doors/tls-files.ts';
import { type Answer, answerOfError, lateErrorJson } from './error-answer.ts';
import { noteError, notesOf } from './observed-response.ts';
import { type Report, reportUnexpected } from './report-unexpected.ts';
import { fixedRoutes, invocationsPath, namedInvocationsPaths, notReadyAnswer } from './routes.ts';
import { type AnswerStyle, sendAnswer } from './send-answer.ts';
import { sendStream } from './send-stream.ts';
import { watchSilentConnections } from './silent-connections.ts';
import { slipwayVersion } from './slipway-version.ts';
import { type StopOptions, stopServer } from './stop-server.ts';
import { streamWishOf } from './stream-wish-of.ts';
import { unroutedAnswer } from './unrouted-answer.ts';
import { addV2Routes } from './v2/add-v2-routes.ts';
import type { ModelRepository } from '../repository/model-repository.ts';

/** Options of {@link createScoringServer}. */
export interface ScoringServerOptions {
  readonly compat: 'slipway' | 'mlflow';
  /** Limit of one request, upload included, in milliseconds. */
  readonly timeoutMs: number;
  /** Do not repeat the request in error messages. Default: false. */
  readonly hideDetails?: boolean;
  /** Largest request body in bytes. Default: 1 GiB (MLflow has none). */
  readonly bodyLimitBytes?: number;
  /** For the head of a request, in milliseconds. Default: 60,000, or the time limit if that is less. */
  readonly headerTimeoutMs?: number;
  /** For the whole of a request to arrive. Default: the time limit. */
  readonly bodyTimeoutMs?: number;
  /** How long a silent connection is kept. Default: 72,000. */
  readonly keepAliveTimeoutMs?: number;
  /** Connections at once. Default: no limit. */
  readonly maxConnections?: number;
  /** Who may ask. Default: everybody. */
  readonly doors?: Doors;
  /** Models that also answer the Open Inference Protocol under `/v2`. Default: none does. */
  readonly repository?: ModelRepository;
  /** Observes every request. Default: nobody does. */
  readonly observer?: Observer | undefined;
  /** Gets reports of unexpected errors. Default: one line or stack on stderr. */
  readonly report?: Report;
}

/** The server, not yet listening. */
export interface ScoringServer {
  /** To `inject` into and to listen with. */
  readonly app: FastifyInstance;
  /**
   * Stops accepting; resolves when what is in flight has been answered.
   *
   * @returns true where it took too long, and was cut off
   */
  stop(options?: StopOptions): Promise<boolean>;
}

const defaultBodyLimitBytes = 2 ** 30;
const longestHeaderMs = 60_000;

/** Nothing is asked of those who come. */
const openDoors = createDoors({ host: null });

function limitsOf({
  timeoutMs,
  bodyLimitBytes: bodyBytes = defaultBodyLimitBytes,
  bodyTimeoutMs: bodyMs = timeoutMs,
  headerTimeoutMs: headerMs = Math.min(bodyMs, longestHeaderMs),
  keepAliveTimeoutMs: keepAliveMs,
  maxConnections: connections,
}: ScoringServerOptions): HttpLimits {
  return { bodyBytes, bodyMs, headerMs: Math.min(headerMs, bodyMs), keepAliveMs, connections };
}

/** Makes the server of one scoring service. */
export function createScoringServer(
  service: Responder,
  options: ScoringServerOptions,
): ScoringServer {
  const { timeoutMs, repository, observer, report = defaultReport, doors = openDoors } = options;
  const limits = limitsOf(options);
  const style: AnswerStyle = {
    serverHeader: `slipway/${slipwayVersion}`,
    queue: createAnswerQueue(),
    stopping: false,
  };
  const onUnrouted = (request: FastifyRequest, reply: FastifyReply): void =>
    sendUnrouted(request, reply, style);
  const errorAnswer = errorAnswerer(options);
  const servers: Server[] = [];
  const direct: DirectConnections[] = [];
  const secure: HttpsServer[] = [];
  const silent = watchSilentConnections();
  const isOpen = (): boolean => !service.streams && doors.areOpen;
  const { bodyBytes } = limits;
  const { admitsHost } = doors;
  const answer = directAnswerer(service, errorAnswer);
  const takeDirectly = (server: Server): void => {
    const admission = { isOpen, admitsHost, bodyBytes };
    direct.push(new DirectConnections(server, { style, ...admission, answer, observer }));
  };
  const onServer = (server: Server): void => {
    servers.push(server);
    if (doors.tls === null) takeDirectly(server);
    else secure.push(server as HttpsServer);
    silent.watch(server);
  };
  const decodesBodies = options.compat !== 'mlflow';
  const ways = { observer, onBadPath: onUnrouted, onServer };
  const app = createApp({ timeoutMs, limits, doors, decodesBodies, ...ways });
  const sendError = errorSender(style, errorAnswer);
  const lateError = lateErrorReporter(options);
  addFixedRoutes(app, style, repository);
  const answerInvocation = invocationAnswerer({ style, timeoutMs, sendError, lateError });
  addInvocations(app, answerInvocation, service, repository);
  if (observer?.metrics != null) addMetricsRoute(app, observer.metrics, style);
  if (repository !== undefined) addV2Routes(app, { repository, style, report });
  app.setNotFoundHandler(onUnrouted);
  app.setErrorHandler(sendError);

  const unwatch = keepCertificate(doors, secure, report);
  const stoppable = { app, servers, style, silent, direct };
  return {
    app,
    stop: (stopping = {}) => {
      unwatch();
      return stopServer(stoppable, { ...atOnce(timeoutMs), ...stopping });
    },
  };
}

/** Uploads that never end would hold the server for ever, so the time limit of a request bounds the wait. */
function atOnce(timeoutMs: number): Required<StopOptions> {
  return { drainDelayMs: 0, lingerMs: 0, shutdownTimeoutMs: timeoutMs };
}

type AnswerInvocation = (
  request: FastifyRequest,
  reply: FastifyReply,
  responderOf: (request: FastifyRequest) => Responder,
) => Promise<void>;

interface InvocationContext {
  readonly style: AnswerStyle;
  readonly timeoutMs: number;
  readonly sendError: SendError;
  readonly lateError: (request: FastifyRequest) => (error: unknown) => string;
}

/** Answers what is posted to a path of the scoring protocol, with the model that `responderOf` finds. */
function invocationAnswerer({
  style,
  timeoutMs,
  sendError,
  lateError,
}: InvocationContext): AnswerInvocation {
  return async (request, reply, responderOf) => {
    const received: ReceivedMessage = request.raw;
    try {
      const sent = bodyOf(request);
      const scoring = {
        body: sent,
        contentType: received.sentContentType,
        startedAtMs: received.startedAtMs ?? 0,
        caller: reply.raw,
        ...notesOf(received, sent),
      };
      const wish = streamWishOf(request.headers.accept);
      const body = await responderOf(request).respond(scoring, wish);
      if (typeof body === 'string') {
        sendAnswer(reply, { status: 200, contentType: 'application/json', body }, style);
      } else {
        await sendStream(reply, body, { style, timeoutMs, onError: lateError(request) });
      }
    } catch (error) {
      sendError(error, request, reply);
    }
  };
}

/** `/invocations` of the service; where there is a repository, those of each model too. */
function addInvocations(
  app: FastifyInstance,
  answer: AnswerInvocation,
  service: Responder,
  repository: ModelRepository | undefined,
): void {
  const ofService = (): Responder => service;
  app.post(invocationsPath, (request, reply) => {
    void answer(request, reply, ofService);
  });
  if (repository === undefined) return;
  const ofName = namedResponder(repository);
  for (const url of namedInvocationsPaths) {
    app.post(url, (request, reply) => void answer(request, reply, ofName));
  }
}

/** The model that the path names. */
function namedResponder(repository: ModelRepository): (request: FastifyRequest) => Responder {
  return ({ params }) => {
    const { model, version = null } = params as {
      readonly model: string;
      readonly version?: string;
    };
    return repository.find(model, version).service;
  };
}

/** @returns ends it */
function keepCertificate(
  { tls }: Doors,
  servers: readonly HttpsServer[],
  report: Report,
): () => void {
  if (tls === null) return () => undefined;
  const renew = (context: TlsContext): void => {
    for (const server of servers) server.setSecureContext(context);
  };
  return watchTlsFiles(tls, renew, report);
}

function addFixedRoutes(
  app: FastifyInstance,
  style: AnswerStyle,
  repository?: ModelRepository,
): void {
  for (const { path, head, ofModel, answer } of fixedRoutes) {
    app.route({
      method: head ? ['GET', 'HEAD'] : 'GET',
      url: path,
      handler: async (_request, reply) => {
        const why = ofModel ? (repository?.whyNotReady() ?? null) : null;
        sendAnswer(reply, why === null ? await answer() : notReadyAnswer(why), style);
      },
    });
  }
}

function sendUnrouted(request: FastifyRequest, reply: FastifyReply, style: AnswerStyle): void {
  const { refusal }: ReceivedMessage = request.raw;
  if (refusal) return sendAnswer(reply, refusal, style);
  const answer = unroutedAnswer(request.raw.url ?? '', request.headers.host ?? '');
  sendAnswer(reply, answer, style);
}

/** What the last event of a stream that failed says. */
function lateErrorReporter({
  compat,
  hideDetails = false,
  report = defaultReport,
}: ScoringServerOptions): (request: FastifyRequest) => (error: unknown) => string {
  return (request) => (error) => {
    noteError(request.raw, error);
    const context = { compat, requestBody: hideDetails ? undefined : bodyOf(request) };
    reportUnexpected(error, answerOfError(error, context).status, report);
    return lateErrorJson(error, context);
  };
}

function defaultReport(text: string): void {
  console.error(text);
}

type SendError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

type AnswerError = (thrown: unknown, requestBody: Uint8Array) => Answer;

function errorAnswerer({
  compat,
  hideDetails = false,
  report = defaultReport,
}: ScoringServerOptions): AnswerError {
  return (thrown, requestBody) => {
    const error = catalogueErrorOf(thrown);
    const answer = answerOfError(error, {
      compat,
      requestBody: hideDetails ? undefined : requestBody,
    });
    reportUnexpected(error, answer.status, report);
    return answer;
  };
}

function errorSender(style: AnswerStyle, errorAnswer: AnswerError): SendError {
  return (thrown, request, reply) => {
    noteError(request.raw, thrown);
    sendAnswer(reply, errorAnswer(thrown, bodyOf(request)), style);
  };
}

function bodyOf(request: FastifyRequest): Uint8Array {
  return request.body instanceof Uint8Array ? request.body : new Uint8Array();
}
