import { slipwayError } from '../../errors/slipway-error.ts';
import { textField } from '../tracking/read-answer.ts';
import type { ExpiringCredentials } from './aws-credentials.ts';

/**
 * The JSON object in which containers, machines and credential processes give credentials; `source` for the message.
 * @throws MODEL_ACCESS_DENIED
 */
export function parseMachineCredentials(text: string, source: string): ExpiringCredentials {
  let content: unknown = null;
  try {
    content = JSON.parse(text);
  } catch {
    // refused below, without the text: it may hold a secret
  }
  const accessKey = textField(content, 'AccessKeyId');
  const secretKey = textField(content, 'SecretAccessKey');
  if (accessKey === null || secretKey === null) {
    throw slipwayError('MODEL_ACCESS_DENIED', `${source} gives no credentials of AWS`, {
      details: { source },
    });
  }
  const expiresAt = Date.parse(textField(content, 'Expiration') ?? '');
  return {
    accessKey,
    secretKey,
    sessionToken: textField(content, 'SessionToken') ?? textField(content, 'Token'),
    expiresAt: Number.isNaN(expiresAt) ? null : expiresAt,
  };
}
