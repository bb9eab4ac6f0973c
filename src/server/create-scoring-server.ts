/** The HTTP server: routes over one scoring service. Knows HTTP and no flavor. */
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Observer } from '../observe/observer.ts';
import type { ModelRepository } from '../repository/model-repository.ts';
import type { Responder } from '../repository/preferred-responder.ts';
import { addFixedRoutes } from './add-fixed-routes.ts';
import { addInvocations } from './add-invocations.ts';
import { addMetricsRoute } from './add-metrics-route.ts';
import { errorAnswerer, errorSender, lateErrorReporter } from './answer-errors.ts';
import { createAnswerQueue } from './answer-queue.ts';
import { createApp, type ReceivedMessage } from './create-app.ts';
import { directAnswerer } from './direct/answer-directly.ts';
import { createDoors, type Doors } from './doors/doors.ts';
import { type LimitOptions, limitsOf } from './http-limits.ts';
import { Listeners } from './listeners.ts';
import { defaultReport, type Report } from './report-unexpected.ts';
import { type AnswerStyle, sendAnswer } from './send-answer.ts';
import { slipwayVersion } from './slipway-version.ts';
import { type FilledStopOptions, type StopOptions, stopServer } from './stop-server.ts';
import { takeConnections } from './take-connections.ts';
import { unroutedAnswer } from './unrouted-answer.ts';
import { addV2Routes } from './v2/add-v2-routes.ts';

/** Options of {@link createScoringServer}. */
export interface ScoringServerOptions extends LimitOptions {
  readonly compat: 'slipway' | 'mlflow';
  /** Do not repeat the request in error messages. Default: false. */
  readonly hideDetails?: boolean;
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
  /** Serves connections that another process accepted, in place of listening; resolves with what takes one. */
  takeConnections(): Promise<(socket: Socket) => void>;
}

/** Nothing is asked of those who come. */
const openDoors = createDoors({ host: null });

/** Makes the server of one scoring service. */
export function createScoringServer(
  service: Responder,
  options: ScoringServerOptions,
): ScoringServer {
  const { compat, timeoutMs, repository, observer, doors = openDoors } = options;
  const { hideDetails = false, report = defaultReport } = options;
  const limits = limitsOf(options);
  const style: AnswerStyle = {
    serverHeader: `slipway/${slipwayVersion}`,
    queue: createAnswerQueue(),
    stopping: false,
  };
  const errors = { compat, hideDetails, report };
  const errorAnswer = errorAnswerer(errors);
  const sendError = errorSender(style, errorAnswer);
  const listeners = new Listeners(doors, {
    style,
    isOpen: () => !service.streams && doors.areOpen,
    admitsHost: doors.admitsHost,
    bodyBytes: limits.bodyBytes,
    answer: directAnswerer(service, errorAnswer),
    observer,
  });
  const onUnrouted = unroutedSender(style);
  const app = createApp({
    timeoutMs,
    limits,
    doors,
    decodesBodies: compat !== 'mlflow',
    observer,
    onBadPath: onUnrouted,
    onServer: (server) => listeners.add(server),
  });
  addFixedRoutes(app, style, repository);
  const lateError = lateErrorReporter(errors);
  addInvocations(app, { service, repository, style, timeoutMs, sendError, lateError });
  if (observer?.metrics != null) addMetricsRoute(app, observer.metrics, style);
  if (repository !== undefined) addV2Routes(app, { repository, style, report });
  app.setNotFoundHandler(onUnrouted);
  app.setErrorHandler(sendError);

  const unwatch = listeners.renewCertificate(report);
  return {
    app,
    takeConnections: async () => {
      await app.ready();
      return takeConnections(app.server, listeners);
    },
    stop: (stopping = {}) => {
      unwatch();
      return stopServer({ app, style, listeners }, { ...atOnce(timeoutMs), ...stopping });
    },
  };
}

/** Uploads that never end would hold the server for ever, so the time limit of a request bounds the wait. */
function atOnce(timeoutMs: number): FilledStopOptions {
  return { lingerMs: 0, shutdownTimeoutMs: timeoutMs };
}

function unroutedSender(
  style: AnswerStyle,
): (request: FastifyRequest, reply: FastifyReply) => void {
  return (request, reply) => {
    const { refusal }: ReceivedMessage = request.raw;
    const { url = '', headers } = request.raw;
    sendAnswer(reply, refusal ?? unroutedAnswer(url, headers.host ?? ''), style);
  };
}
