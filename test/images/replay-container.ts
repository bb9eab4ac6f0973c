/** Recorded exchanges of the real MLflow, replayed against a server somewhere. */
import { request } from 'node:http';
import { type Answer, judgeAnswer } from '../conformance/compare-answers.ts';
import { type CorpusCase, type CorpusModel, requestBody } from '../conformance/corpus.ts';
import { listedDifference } from '../conformance/listed-differences.ts';

/** Replays every case; each difference in words. */
export async function replayAt(url: string, recorded: CorpusModel): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const one of recorded.cases) {
    const answer = await send(url, one);
    const reason = judgeAnswer(one, answer, recorded.numeric);
    if (reason !== null && listedDifference(one, answer) === null) {
      differences.push(`${one.id}: ${reason}`);
    }
  }
  return differences;
}

function send(url: string, one: CorpusCase): Promise<Answer> {
  const { method, path, headers } = one.request;
  const body = requestBody(one);
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, url),
      { method, headers: { ...headers, 'content-length': body?.length ?? 0 } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? null,
            body: text,
            headers: response.headers,
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
